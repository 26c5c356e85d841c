"""Whole runs of `fine-tune` on tiny data: killed, spread over processes, badly fed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from squad_files import answer, squad_file

import companion
from companion import __main__ as command_line
from companion.fine_tuning import carry_over, loop
from companion.fine_tuning.log import read_losses


def command(base, data, output, *more):
    return [
        *("fine-tune", "--base", str(base), "--data", str(data)),
        *(
            "--output",
            str(output),
            "--batch",
            "2",
            "--save-every",
            "2",
            "--arithmetic",
            "float32",
            *more,
        ),
    ]


def test_the_command_trains_measures_and_writes_a_loadable_folder(
    base, people, tmp_path, capsys
):
    output = tmp_path / "output"
    assert command_line.main(command(base, people, output)) == 0
    assert "people.json 1 questions  EM" in capsys.readouterr().out
    assert {p.name for p in output.iterdir()} == {
        "README.md", "config.json", "learning_curve.png", "model.safetensors",
        "tokenizer_config.json", "training.json", "training_log.jsonl", "vocab.txt",
    }  # fmt: skip
    assert not list(tmp_path.glob("*.partial"))
    card = (output / "README.md").read_text("utf-8")
    assert "| 1 | people.json | 1 |" in card
    assert hashlib.sha256(people.read_bytes()).hexdigest() in card
    assert "MiniLM" not in card
    assert "SQuADShifts" not in card
    _, trained = companion.load(str(output))
    assert trained.config.hidden_size == 8
    assert command_line.main(command(base, people, output)) == 1
    assert "exists already" in capsys.readouterr().err


def test_the_card_of_a_second_stage_tells_both(base, people, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    command_line.main(command(base, people, first, "--epochs", "1"))
    command_line.main(command(first, f"{people}:2", second, "--all"))
    card = (second / "README.md").read_text("utf-8")
    assert "--output STAGE_1" in card
    assert "--data people.json:2 --hold-out none --base STAGE_1" in card
    assert [s["recipe"]["epochs"] for s in json.loads(
        (second / "training.json").read_text("utf-8"))] == [1, 2]  # fmt: skip


def test_bad_data_leave_nothing_behind(base, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    output = tmp_path / "output"
    assert command_line.main(command(base, tmp_path / "bad.json", output)) == 1
    assert "bad.json: no JSON file" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"base", "bad.json"}


def test_answers_that_no_window_holds_are_counted_or_refused(
    base, people, tmp_path, capsys
):
    long = "and so on " * 60 + "until Ada came."
    path = squad_file(tmp_path / "long.json", (long, answer(long, 0)))
    output = tmp_path / "output"
    arguments = command(base, path, output, "--all", "--length", "150")
    assert command_line.main(arguments) == 1
    assert "1 of 1 answers are in no window of 150 tokens" in capsys.readouterr().err
    assert not output.exists()
    several = command(base, people, output, str(path), "--all", "--length", "150")
    several.remove(str(path))
    several.insert(5, str(path))
    with pytest.warns(UserWarning, match=r"1 of 8 answers .* 'q0'"):
        assert command_line.main(several) == 0


def test_a_hub_name_needs_its_revision():
    with pytest.raises(ValueError, match="somebody/model@REVISION"):
        carry_over.starting_point("somebody/model")


def run(arguments, **environment):
    return subprocess.Popen(
        arguments,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
def test_kill_9_in_the_middle_and_the_same_command_again(base, people, tmp_path):
    arguments = [sys.executable, "-m", "companion"]
    killed = tmp_path / "killed"
    process = run([*arguments, *command(base, people, killed, "--epochs", "100")])
    state = tmp_path / "killed.partial" / loop.STATE
    while not state.exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert state.exists(), said
    assert not killed.exists()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the process that was killed: sums round alike
    for output in (killed, tmp_path / "whole"):
        more = command(base, people, output, "--epochs", "100", "--save-every", "500")
        assert command_line.main(more) == 0
    torch.set_num_threads(threads)
    weights = [tmp_path / n / "model.safetensors" for n in ("killed", "whole")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one_with_the_doubled_batch(
    base, people, tmp_path
):
    config = json.loads((base / "config.json").read_text("utf-8"))
    config["hidden_dropout_prob"] = config["attention_probs_dropout_prob"] = 0.0
    (base / "config.json").write_text(json.dumps(config), "utf-8")
    one, two = tmp_path / "one", tmp_path / "two"
    alone = command(base, people, one, "--learning-rate", "0.01", "--all")
    alone[alone.index("--batch") + 1] = "4"
    assert command_line.main(alone) == 0
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    shared = command(base, people, two, "--learning-rate", "0.01", "--all")
    both = run([*torchrun, "-m", "companion", *shared], CUDA_VISIBLE_DEVICES="")
    said, _ = both.communicate(timeout=120)
    assert both.returncode == 0, said
    losses = [read_losses(folder / loop.LOG) for folder in (one, two)]
    assert len(losses[0]) == 4  # 7 windows in batches of 4, twice: uneven at the end
    assert losses[1] == pytest.approx(losses[0], abs=2e-4)
    assert losses[0][-1] < losses[0][0]
