"""The loop on tiny data: interrupted, repeated, taken up again."""

import os

import pytest
import torch
from accelerate import Accelerator
from interrupted import Killed, equal, killed
from safetensors.torch import load_file
from squad_files import EXAMPLES

from companion import fine_tuning, training
from companion.fine_tuning import Recipe, features
from companion.training import loop, state
from companion.training.log import read_losses


def train(tiny, folder, **recipe):
    """Train a fresh model in `folder`, or go on there; returns the final weights."""
    tokenizer, make = tiny
    model = make()
    folder.mkdir(exist_ok=True)
    recipe = {"batch": 2, "epochs": 2, "learning_rate": 0.03, **recipe}
    windows = features.features_of(EXAMPLES, tokenizer)
    fine_tuning.fine_tune(
        model, windows, folder, Recipe(**recipe), Accelerator(), save_every=2
    )
    return {k: v.clone() for k, v in model.state_dict().items()}


@pytest.mark.slow
def test_training_lowers_the_loss_and_repeats_itself(tiny, tmp_path):
    once = train(tiny, tmp_path / "once", epochs=8)
    again = train(tiny, tmp_path / "again", epochs=8)
    assert equal(once, again)
    losses = read_losses(tmp_path / "once" / loop.LOG)
    assert len(losses) == 8 * 4
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4])
    assert not equal(once, train(tiny, tmp_path / "other", epochs=8, seed=1))


def test_dropout_is_the_bases_unless_the_recipe_says_otherwise(tiny, tmp_path):
    usual = train(tiny, tmp_path / "usual")
    share = tiny[1]().config.hidden_dropout_prob
    assert equal(usual, train(tiny, tmp_path / "same", dropout=share))
    assert not equal(usual, train(tiny, tmp_path / "none", dropout=0.0))


@pytest.mark.parametrize(
    "die_at",
    [
        (loop, "one_step", 4),
        *(
            pytest.param(place, marks=pytest.mark.slow)
            for place in [
                (loop, "one_step", 1),
                (loop, "one_step", 8),
                (state, "save_file", 1),
                (state, "save_file", 3),
                (os, "fsync", 4),  # the new state is written, not yet at its place
                (os, "replace", 1),
            ]
        ),
    ],
    ids=lambda d: f"{d[1]}-{d[2]}",
)
def test_after_a_kill_the_weights_are_those_of_an_uninterrupted_run(
    tiny, tmp_path, die_at
):
    whole = train(tiny, tmp_path / "whole", seed=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*die_at[:2], killed(*die_at))
        with pytest.raises(Killed):
            train(tiny, tmp_path / "killed", seed=3)
    assert equal(train(tiny, tmp_path / "killed", seed=3), whole)
    logs = [tmp_path / name / loop.LOG for name in ("whole", "killed")]
    assert logs[0].read_bytes() == logs[1].read_bytes()


def test_a_state_of_another_recipe_is_not_taken_up(tiny, tmp_path):
    train(tiny, tmp_path / "run")
    with pytest.raises(ValueError, match=r"begun with learning_rate 0\.03, not 0\.04"):
        train(tiny, tmp_path / "run", learning_rate=0.04)


def test_the_average_lies_between_start_and_end(tiny, tmp_path):
    end = train(tiny, tmp_path / "end")
    mixed = train(tiny, tmp_path / "mixed", average_with_base=0.25)
    start = tiny[1]().state_dict()
    for name, weights in mixed.items():
        expected = 0.75 * end[name] + 0.25 * start[name]
        torch.testing.assert_close(weights, expected)


def test_saving_leaves_the_model_as_it_is(tiny, tmp_path):
    tokenizer, make = tiny
    model = make()
    training.save(model, tokenizer, tmp_path / "saved")
    assert equal(model.state_dict(), make().state_dict())
    stored = load_file(tmp_path / "saved" / "model.safetensors")
    assert {weights.dtype for weights in stored.values()} == {torch.float16}
