"""The card of the model that guesses: one command writes it, from stored facts."""

from companion import measured
from companion.pretraining.guesser import GUESSER
from tools import guesser

TEXT = (GUESSER / "README.md").read_text("utf-8")


def test_the_card_is_what_the_command_writes():
    assert guesser.text() == TEXT


def test_the_card_has_the_figures_of_what_is_stored():
    found = measured.results("guesses")["guesser"]["all"]
    row = f"| as stored | {found['hidden']:,} | {found['loss']:.2f} |"
    assert row in TEXT


def test_the_weights_are_smaller_than_half_of_what_they_were():
    weights = GUESSER / "model.safetensors"
    assert weights.stat().st_size < 23e6
