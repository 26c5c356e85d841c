"""What was measured: each file is what its command writes, on the embedded model."""

import json
import shutil
from pathlib import Path

import pytest

from benchmarks import ablations, full_length, short_questions
from companion import measured
from companion.checksums import file_sha256
from companion.loading import EMBEDDED
from companion.pretraining.guesser import GUESSER

NAMES = sorted(path.stem for path in measured.FOLDER.glob("*.json"))
GUESSER_SHA256 = measured.weights_sha256(GUESSER)
ON_ANOTHER_MODEL = {
    "ablations": ablations.ENCODER_SHA256,
    "miniature": None,  # trained from random weights, and thrown away
    **dict.fromkeys(["guesses", "guessing_first", "next_sentence"], GUESSER_SHA256),
}
NOT_KEPT = {"full_length"}  # another run's


@pytest.mark.parametrize("name", NAMES)
def test_each_file_has_a_command_of_this_repository_and_its_weights(name):
    figures = measured.results(name)
    assert figures["command"].startswith(
        ("python -m benchmarks.", "python -m companion ")
    )
    embedded = file_sha256(EMBEDDED / "model.safetensors")
    wanted = ON_ANOTHER_MODEL.get(name, embedded)
    assert figures["weights_sha256"] == wanted or name in NOT_KEPT


@pytest.mark.parametrize("name", NAMES)
def test_the_command_is_a_program_that_is_there(name):
    module = measured.results(name)["command"].split()[2]
    path = Path(__file__).parents[1] / module.replace(".", "/")
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_a_name_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match=r"one of ablations, .*not 'nothing'"):
        measured.results("nothing")


def test_the_weights_checksum_is_that_of_all_their_files(tmp_path):
    assert measured.weights_sha256(tmp_path) is None
    whole = tmp_path / "whole"
    whole.write_bytes(b"one, two")
    (tmp_path / "model-1.safetensors").write_bytes(b"one, ")
    (tmp_path / "model-2.safetensors").write_bytes(b"two")
    assert measured.weights_sha256(tmp_path) == file_sha256(whole)


def test_scores_are_those_of_the_last_stage():
    record = json.loads((EMBEDDED / "training.json").read_text("utf-8"))
    scores = measured.held_out_scores()
    wanted = record[-1]["results"]["qamr.json.gz"]
    assert scores["qamr"] == {key: wanted[key] for key in ("EM", "F1", "questions")}


def test_each_stage_has_its_own_scores_and_others_are_refused():
    record = json.loads((EMBEDDED / "training.json").read_text("utf-8"))
    for number, stage in enumerate(record, 1):
        wanted = stage["results"]["qamr.json.gz"]["EM"]
        assert measured.held_out_scores(number)["qamr"]["EM"] == wanted
    assert measured.held_out_scores(len(record)) == measured.held_out_scores()
    for stage in (0, 3):
        with pytest.raises(ValueError, match=f"stage must be from 1 to 2, not {stage}"):
            measured.held_out_scores(stage)


def test_the_cost_counts_the_steps_that_were_logged():
    for number, stage in enumerate(measured.results("training_cost")["stages"], 1):
        log = (EMBEDDED / f"training_log_{number}.jsonl").read_text("utf-8")
        assert stage["steps"] == len(log.splitlines())


def test_the_ablations_are_written_again_byte_for_byte(tmp_path):
    output = tmp_path / "ablations.json"
    shutil.copy(ablations.OUTPUT, output)
    ablations.main([], data=tmp_path / "not asked for", output=output)
    assert output.read_bytes() == ablations.OUTPUT.read_bytes()
    stored = measured.results("ablations")["ablations"]
    assert list(stored) == list(ablations.ABLATIONS)


def test_an_ablation_of_other_settings_is_not_kept(tmp_path):
    figures = measured.results("ablations")
    figures["ablations"]["2 epochs"]["changed"] = {"epochs": 3}
    output = tmp_path / "ablations.json"
    output.write_text(json.dumps(figures), "utf-8")
    assert set(ablations.ABLATIONS) - set(ablations.stored(output)) == {"2 epochs"}


@pytest.mark.slow
def test_short_questions_are_answered_as_stored():
    assert short_questions.figures() == measured.results("short_questions")


def test_a_run_of_full_length_is_stored_as_its_record_has_it(tmp_path, monkeypatch):
    """The embedded model's first stage stands for such a run."""
    record = json.loads((EMBEDDED / "training.json").read_text("utf-8"))[:1]
    for path in EMBEDDED.iterdir():
        if path.suffix in (".safetensors", ".txt", ".json"):
            shutil.copy(path, tmp_path)
    (tmp_path / "training.json").write_text(json.dumps(record), "utf-8")
    output = tmp_path / "written" / "full_length.json"
    output.parent.mkdir()
    monkeypatch.setattr(full_length, "OUTPUT", output)
    full_length.main(tmp_path)
    figures = json.loads(output.read_text("utf-8"))
    assert figures.keys() == measured.results("full_length").keys()
    assert figures["trained by"] == record[0]["command"]
    first = measured.held_out_scores(stage=1)["qamr"]
    stored = figures["domains"]["qamr"]
    assert {key: stored[key] for key in first} == first
    assert figures["the notes' question"]["answer"] == "Foo"
    assert figures["weights_sha256"] == measured.weights_sha256()
