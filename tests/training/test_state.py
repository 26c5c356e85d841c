"""A run that is cut and taken up again ends as if nothing had happened."""

import os

import pytest
from interrupted import Killed, equal, killed
from safetensors.torch import load_file

from companion.training import loop, state
from companion.training.log import read_losses


@pytest.mark.parametrize("frozen", [(), ("bias",)])
@pytest.mark.parametrize(
    "die_at",
    [
        (loop, "one_step", 1),
        (loop, "one_step", 4),
        (loop, "one_step", 8),
        (state, "save_file", 1),
        (state, "save_file", 3),
        (os, "fsync", 4),  # the new state is written, not yet at its place
        (os, "replace", 1),
    ],
    ids=lambda d: f"{d[1]}-{d[2]}",
)
def test_after_a_kill_the_weights_are_those_of_an_uninterrupted_run(
    train, tmp_path, die_at, frozen
):
    whole = train(tmp_path / "whole", frozen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*die_at[:2], killed(*die_at))
        with pytest.raises(Killed):
            train(tmp_path / "killed", frozen)
    assert equal(train(tmp_path / "killed", frozen), whole)
    logs = [tmp_path / name / loop.LOG for name in ("whole", "killed")]
    assert logs[0].read_bytes() == logs[1].read_bytes()
    assert len(read_losses(logs[0])) == 8


def test_the_state_is_a_safetensors_file_with_all_that_changes(train, tmp_path):
    kinds = ("weights", "exp_avg", "exp_avg_sq")
    for frozen, names in ((), ["weight", "bias"]), (("bias",), ["weight"]):
        train(tmp_path / str(len(names)), frozen)
        stored = load_file(tmp_path / str(len(names)) / loop.STATE)
        wanted = {f"{kind}.{name}" for kind in kinds for name in names}
        assert stored.keys() == {*wanted, "random.cpu"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"facts": {"colour": "blue"}}, "begun with colour 'red', not 'blue'"),
        ({"facts": {}}, "begun with colour 'red', not None"),
        ({"steps": 9}, "begun with steps 8, not 9"),
    ],
)
def test_a_state_of_other_facts_is_not_taken_up(train, tmp_path, changed, message):
    train(tmp_path / "run")
    with pytest.raises(ValueError, match=message):
        train(tmp_path / "run", **changed)


def test_a_state_in_which_something_was_frozen_is_no_other(train, tmp_path):
    train(tmp_path / "run", ("bias",))
    with pytest.raises(ValueError, match="damaged, or of another version or model"):
        train(tmp_path / "run")


def test_a_damaged_state_is_refused_with_its_name(train, tmp_path):
    train(tmp_path / "run")
    path = tmp_path / "run" / loop.STATE
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"state\.safetensors is damaged"):
        train(tmp_path / "run")
