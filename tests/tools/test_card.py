"""The embedded model's card: one command writes it, from stored facts."""

from companion import measured
from companion.loading import EMBEDDED
from tools import card, trials

TEXT = (EMBEDDED / "README.md").read_text("utf-8")


def test_the_card_is_what_the_command_writes():
    assert card.text() == TEXT


def test_the_two_scores_of_the_notes_answer_are_told_apart():
    figures = measured.results("short_questions")
    words, tokens = (figures[k]["score"] for k in ("in whole words", "in tokens"))
    assert words > tokens
    assert f"{words:.3f} in whole words" in " ".join(TEXT.split())
    assert f"the span of tokens has {tokens:.3f}" in " ".join(TEXT.split())


def test_a_threshold_counts_the_scores_from_a_half_on():
    counts = {"with an answer": [9, 0, 0, 0, 0, 1, 0, 0, 0, 1], "without": [1] * 10}
    text = " ".join(card.threshold(counts).split())
    assert "for 5 of 10 such SQuADShifts questions, and wrongly for 2 of 11" in text


def test_a_file_whose_questions_all_have_an_answer_has_dashes():
    figures = {"questions": 3, "EM": 50.0, "F1": 60.0, "calibration_error": 0.1}
    row = card.no_answer_row("a.json", figures)
    assert row == ["a.json", "3", "50.0", "60.0", "0", "-", "-", "0.100"]


def test_an_ablation_has_its_distance_from_the_baseline():
    baseline = {"EM": 36.25, "F1": 53.0, "tokens": 1000}
    better = {"EM": 38.25, "F1": 52.5, "tokens": 2000}
    row = trials.ablation_row("better", better, baseline)
    assert row == ["better", "38.2", "+2.0", "52.5", "-0.5", "2,000"]
