"""The log of losses, and the bar."""

import json

import pytest
from interrupted import Killed, killed

from companion.training import loop
from companion.training.log import TrainingLog, read_losses


def test_a_line_is_a_step_and_its_loss(tmp_path, capsys):
    path = tmp_path / "log.jsonl"
    with TrainingLog(path, 0, 0, 2, writes=True) as log:
        log.write(1, 2.71828)
        length = log.flush()
        log.write(2, 1.0)
    assert length == len(path.read_bytes().splitlines(keepends=True)[0])
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert rows == [{"step": 1, "loss": 2.7183}, {"step": 2, "loss": 1.0}]
    with TrainingLog(path, length, 1, 2, writes=True) as log:
        log.write(2, 0.5)  # the step after the last save comes again
    assert read_losses(path) == [2.7183, 0.5]
    assert "2/2" in capsys.readouterr().err


def test_only_the_first_process_writes(tmp_path, capsys):
    with TrainingLog(tmp_path / "log.jsonl", 0, 0, 1, writes=False) as log:
        log.write(1, 1.0)
        assert log.flush() == 0
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("loss", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_stops_the_run(tmp_path, loss):
    with (
        TrainingLog(tmp_path / "log.jsonl", 0, 0, 9, writes=True) as log,
        pytest.raises(ValueError, match=f"step 7: the loss is {loss}; a lower --learn"),
    ):
        log.write(7, loss)


def test_a_lost_log_is_refused_before_more_steps_are_taken(train, tmp_path):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "one_step", killed(loop, "one_step", 4))
        with pytest.raises(Killed):
            train(tmp_path / "run")
    (tmp_path / "run" / loop.LOG).unlink()
    with pytest.raises(ValueError, match=r"training_log\.jsonl has lost lines"):
        train(tmp_path / "run")
