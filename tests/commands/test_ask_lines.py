"""`ask --jsonl` as one uses it: fed badly, killed, spread over processes."""

import contextlib
import gzip
import io
import json
import os
import subprocess
import sys
import time
import tracemalloc

import pytest
import torch
from forked import one_thread, run_in_two, started, started_together
from interrupted import Killed, killed
from squad_files import answer, squad_file

import companion
from companion.__main__ import main
from companion.bulk import files, lines, unfinished
from companion.bulk.unfinished import PROGRESS

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
ROWS = [
    {"id": i, "question": "Who?", "context": f"My name is Foo and I {'sing ' * i}."}
    for i in range(9)
]


@pytest.fixture
def small(other_checkpoint, tmp_path, monkeypatch):
    """The command, over a small model and blocks of two lines."""
    monkeypatch.setattr(lines, "LINES_AT_ONCE", 2)

    def run(*more, source="in.jsonl", output="out.jsonl"):
        paths = ["--jsonl", str(tmp_path / source), "--output", str(tmp_path / output)]
        return main(["ask", *paths, "--model", str(other_checkpoint), *more])

    return run


@pytest.fixture
def questions(tmp_path):
    """Nine questions, a line each."""
    return written(tmp_path / "in.jsonl", *map(json.dumps, ROWS))


def written(path, *texts):
    path.write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return path


def rows(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_a_line_gets_the_answers_of_a_call_and_keeps_its_fields(
    small, questions, tmp_path, other_checkpoint
):
    options = ["--top-k", "2", "--max-answer-len", "3", "--no-answer"]
    assert small(*options) == 0
    call = {"top_k": 2, "max_answer_len": 3, "handle_impossible_answer": True}
    answerer = companion.question_answerer(str(other_checkpoint))
    for row, given in zip(rows(tmp_path / "out.jsonl"), ROWS, strict=True):
        [wanted] = answerer([given["question"]], [given["context"]], **call)
        assert list(row) == ["id", "question", "predictions"]
        assert (row["id"], row["question"]) == (given["id"], given["question"])
        scores = [answer.pop("score") for answer in row["predictions"]]
        assert scores == pytest.approx([answer.pop("score") for answer in wanted])
        assert row["predictions"] == wanted
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl", "out.jsonl"}


def test_odd_but_readable_lines_are_read(small, tmp_path):
    odd = "My name is Zoë\u2028and \U0001f600 I"
    texts = [
        f'{{"question": "Who?", "context": "{odd}", "x": "\\ud83d", "n": 1.50}}',
        json.dumps({"context": odd, "question": "Who?"}),
    ]
    data = ("\ufeff" + "\r\n\r\n \r\n".join(texts)).encode()  # and no end of line
    (tmp_path / "in.jsonl").write_bytes(data)
    assert small("--top-k", "1") == 0
    first, second = rows(tmp_path / "out.jsonl")
    assert (first["x"], first["n"]) == ("\ud83d", 1.5)
    assert first["predictions"] == second["predictions"]
    [answer] = first["predictions"]
    assert odd[answer["start"] : answer["end"]] == answer["answer"]


BLANK = '{"id": "x", "question": " ", "context": "I"}'
UNREADABLE = '{"id": "x", "question": "\\u200b", "context": "I"}'  # no token


@pytest.mark.parametrize("bad", [BLANK, UNREADABLE])
def test_a_bad_line_is_named_or_gets_its_error(small, questions, tmp_path, capsys, bad):
    whole = questions.read_text("utf-8").splitlines()
    written(questions, *whole[:3], bad, *whole[3:])
    assert small() == 1
    error = capsys.readouterr().err
    assert error.startswith(f"companion: {questions}, line 4: question ")
    assert error.endswith("; --skip-bad-lines goes on without it\n")
    assert not (tmp_path / "out.jsonl").exists()
    assert small("--skip-bad-lines") == 0  # goes on where the other run ended
    assert f"companion: 1 of 10 lines of {questions} could" in capsys.readouterr().err
    found = rows(tmp_path / "out.jsonl")
    assert [row["id"] for row in found] == [0, 1, 2, "x", *range(3, 9)]
    assert found[3].keys() == {"id", "question", "error"}
    assert found[3]["error"].startswith("line 4: question ")


def test_a_line_that_is_mended_is_asked_when_the_work_goes_on(
    small, questions, tmp_path
):
    text = questions.read_text("utf-8")
    questions.write_text(text.replace('"Who?"', '""', 6).replace('""', '"Who?"', 5))
    assert small() == 1
    questions.write_text(text)
    assert small() == 0
    assert len(rows(tmp_path / "out.jsonl")) == 9


def test_if_no_line_can_be_asked_the_status_says_so(small, tmp_path, capsys):
    written(tmp_path / "in.jsonl", "id,question", "1,Who?")
    assert small("--skip-bad-lines") == 1
    assert "2 of 2 lines" in capsys.readouterr().err
    assert len(rows(tmp_path / "out.jsonl")) == 2


def test_damage_to_the_model_is_no_fault_of_the_lines(
    small, questions, tmp_path, capsys, monkeypatch
):
    def forward(model, inputs, bfloat16=False):
        ids = inputs["input_ids"]
        return torch.full((len(ids), 2, ids.shape[1]), torch.nan)

    monkeypatch.setattr("companion.qa_pipeline.batches.forward", forward)
    assert small("--skip-bad-lines") == 1
    assert "the model's logits cannot be ranked" in capsys.readouterr().err


@pytest.mark.parametrize(
    "die_at",
    [
        (files, "answer_block", 1),
        (files, "answer_block", 4),
        (os, "fsync", 2),  # lines are written, and not counted yet
        (os, "fsync", 5),
        (os, "replace", 1),
        (os, "replace", 3),
        (unfinished.shutil, "rmtree", 1),
    ],
    ids=lambda d: f"{d[1]}-{d[2]}",
)
def test_after_a_kill_no_line_is_lost_or_comes_twice(
    small, questions, tmp_path, die_at
):
    assert small(output="whole.jsonl") == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*die_at[:2], killed(*die_at))
        with pytest.raises(Killed):
            small()
    growing = tmp_path / "out.jsonl.partial" / unfinished.LINES
    if growing.exists():
        with growing.open("ab") as file:
            file.write(b'{"id": 3, "quest')  # half a line, as a real kill leaves it
    assert small() == (1 if die_at[1] == "rmtree" else 0)
    whole = (tmp_path / "whole.jsonl").read_bytes()
    assert (tmp_path / "out.jsonl").read_bytes() == whole
    assert len(rows(tmp_path / "whole.jsonl")) == 9


def stopped(small):
    """Let the work end after two blocks of two lines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "answer_block", killed(files, "answer_block", 3))
        with pytest.raises(Killed):
            small()


def test_only_the_same_work_goes_on(small, questions, tmp_path, capsys):
    stopped(small)
    assert small("--top-k", "2") == 1
    assert "begun with top_k 1, not 2" in capsys.readouterr().err
    assert small("--doc-stride", "5") == 1
    assert "begun with doc_stride None, not 5" in capsys.readouterr().err
    whole = questions.read_text("utf-8")
    questions.write_text(whole.replace("sing", "ring", 1))
    assert small() == 1
    assert "the 4 lines that are answered already are not" in capsys.readouterr().err
    written(questions, *whole.splitlines()[:3])
    assert small() == 1
    questions.write_text(whole)
    growing = tmp_path / "out.jsonl.partial" / unfinished.LINES
    kept = growing.read_bytes()
    growing.write_bytes(kept[:-9])
    assert small() == 1
    assert "lines.jsonl has lost lines" in capsys.readouterr().err
    growing.write_bytes(kept)
    (growing.parent / PROGRESS).write_text("{")
    assert small() == 1
    assert f"{PROGRESS} is damaged" in capsys.readouterr().err


def test_another_model_does_not_go_on(small, questions, embedded, capsys):
    stopped(small)
    assert small("--model", str(companion.loading.EMBEDDED)) == 1
    assert "begun with model '" in capsys.readouterr().err


def test_nothing_of_the_readers_is_overwritten(small, questions, tmp_path, capsys):
    mine = written(tmp_path / "mine.jsonl", "mine")
    assert small(output="mine.jsonl") == 1
    assert f"--output {mine}: exists already" in capsys.readouterr().err
    assert not (tmp_path / "mine.jsonl.partial").exists()  # refused before the work
    assert small(output="in.jsonl") == 1
    assert f"--output {questions}: is the file to read" in capsys.readouterr().err
    (tmp_path / "out.jsonl.partial").mkdir()
    theirs = written(tmp_path / "out.jsonl.partial" / unfinished.LINES, "thesis")
    assert small() == 1
    assert "out.jsonl.partial is in the way" in capsys.readouterr().err
    assert (mine.read_text(), theirs.read_text()) == ("mine\n", "thesis\n")


def test_a_file_that_comes_meanwhile_is_left_alone(small, questions, tmp_path, capsys):
    ask, output = files.answer_block, tmp_path / "out.jsonl"

    def answer_block(*rest, **named):
        written(output, "mine")
        return ask(*rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "answer_block", answer_block)
        assert small() == 1
    assert "exists already" in capsys.readouterr().err
    assert output.read_text() == "mine\n"
    output.unlink()
    assert small() == 0  # nothing was lost
    assert len(rows(output)) == 9


def test_who_is_overtaken_by_another_run_stops(small, questions, tmp_path, capsys):
    ask = files.answer_block

    def answer_block(*rest, **named):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "answer_block", ask)
            assert small() == 0  # meanwhile
        return ask(*rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "answer_block", answer_block)
        assert small() == 1
    assert "another process writes to it" in capsys.readouterr().err
    assert len(rows(tmp_path / "out.jsonl")) == 9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jsonl", "IN"], "--jsonl needs --output"),
        (["--output", "x"], "--output and --skip-bad-lines go with --jsonl"),
        (["Who?", "I", "--skip-bad-lines"], "go with --jsonl"),
        (["Who?", "--jsonl", "IN", "--output", "OUT"], "not both, nor --json"),
        (["--jsonl", "IN", "--output", "OUT", "--file", "x"], "not both"),
        (["--jsonl", "IN", "--output", "OUT", "--json"], "nor --json"),
        (["--jsonl", "IN", "--output", "NO/x"], "there is no folder"),
        (["--jsonl", "IN", "--output", "."], "is a folder, wanted a file"),
        (["--jsonl", "IN", "--output", "OUT.gz"], "is not compressed"),
        (["--jsonl", "NO", "--output", "OUT"], "No such file or directory"),
        (["--jsonl", ".", "--output", "OUT"], "is a folder, wanted a file"),
        ([], "give a question, or --jsonl and a file of them"),
    ],
)
def test_what_does_not_go_together_is_refused(
    questions, tmp_path, monkeypatch, capsys, arguments, message
):
    monkeypatch.chdir(tmp_path)
    named = [a.replace("IN", "in.jsonl").replace("OUT", "out.jsonl") for a in arguments]
    assert main(["ask", *named]) == 1
    assert message in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl"}


def test_a_length_that_the_model_has_not_is_no_fault_of_the_lines(
    small, questions, tmp_path, capsys
):
    assert small("--max-seq-len", "65", "--skip-bad-lines") == 1
    assert "max_seq_len must be at most 64" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"in.jsonl"}


def test_a_packed_file_is_read_or_refused(small, questions, tmp_path, capsys):
    assert small() == 0
    packed = gzip.compress(questions.read_bytes())
    (tmp_path / "in.jsonl.gz").write_bytes(packed)
    assert small(source="in.jsonl.gz", output="again.jsonl") == 0
    again = (tmp_path / "again.jsonl").read_bytes()
    assert again == (tmp_path / "out.jsonl").read_bytes()
    for damaged in (packed[:-20], b"none"):
        (tmp_path / "in.jsonl.gz").write_bytes(damaged)
        assert small(source="in.jsonl.gz", output="third.jsonl") == 1
        assert f"{tmp_path / 'in.jsonl.gz'}: " in capsys.readouterr().err


def test_standard_input_and_output_are_files_too(
    small, questions, tmp_path, other_checkpoint, monkeypatch, capsysbinary
):
    assert small() == 0
    source = io.TextIOWrapper(io.BytesIO(questions.read_bytes()))
    monkeypatch.setattr(sys, "stdin", source)
    options = ["--jsonl", "-", "--output", "-", "--model", str(other_checkpoint)]
    assert main(["ask", *options]) == 0
    assert capsysbinary.readouterr().out == (tmp_path / "out.jsonl").read_bytes()


def test_an_empty_file_gives_an_empty_file(small, tmp_path):
    written(tmp_path / "in.jsonl", "", " ")
    assert small() == 0
    assert (tmp_path / "out.jsonl").read_bytes() == b""


def test_a_large_file_takes_no_more_memory_than_a_small_one(small, tmp_path):
    row = json.dumps({"notes": "x" * 500_000, "question": "Who?", "context": "Foo"})
    peaks = []
    for count in (4, 16):
        written(tmp_path / "in.jsonl", *[row] * count)
        tracemalloc.start()
        assert small(output=f"{count}.jsonl") == 0
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


def command(model, source, output):
    paths = ["--jsonl", source, "--output", output, "--model", model]
    return ["ask", *map(str, paths), "--batch-size", "1"]


def wait_for_blocks(process, printed, output, count):
    path = output.with_name(f"{output.name}.partial") / PROGRESS
    while process.is_alive():
        if path.exists() and json.loads(path.read_bytes())["blocks"] >= count:
            return
        time.sleep(0.02)
    pytest.fail(printed.read_text("utf-8"))


def entrance(pipe, process, printed):
    """Open a pipe to a process that will read it; one that has died never will."""
    while process.is_alive():
        with contextlib.suppress(OSError):  # nobody reads it yet
            end = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.set_blocking(end, True)
            return open(end, "wb")
        time.sleep(0.02)
    pytest.fail(printed.read_text("utf-8"))


@pytest.fixture(scope="module")
def many(tmp_path_factory, other_checkpoint):
    """Three blocks and a bit, and their answers from one process, uninterrupted."""
    folder = tmp_path_factory.mktemp("many")
    source = written(
        folder / "in.jsonl", *[json.dumps({**ROWS[i % 9], "i": i}) for i in range(1600)]
    )
    with one_thread():
        assert main(command(other_checkpoint, source, folder / "out.jsonl")) == 0
    assert len(rows(folder / "out.jsonl")) == 1600
    return source, (folder / "out.jsonl").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_kill_9_in_the_middle_and_the_same_command_again(
    many, tmp_path, other_checkpoint
):
    source, whole = many
    output, printed, pipe = (tmp_path / n for n in ("out.jsonl", "printed", "pipe"))
    os.mkfifo(pipe)
    arguments = command(other_checkpoint, "-", output)
    process = started(arguments, printed, pipe)
    with entrance(pipe, process, printed) as questions:
        questions.write(source.read_bytes()[:-20_000])  # and no end, so it waits
        questions.flush()
        wait_for_blocks(process, printed, output, 1)
        process.kill()
        process.join()
    assert not output.exists()
    again = started(arguments, printed, source)
    again.join(timeout=300)
    assert again.exitcode == 0, printed.read_text("utf-8")
    assert output.read_bytes() == whole


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere nothing says at once that one has died"
)
def test_two_processes_write_what_one_does_though_one_of_them_is_killed(
    many, tmp_path, other_checkpoint
):
    source, whole = many
    output, printed = tmp_path / "out.jsonl", [tmp_path / "first", tmp_path / "second"]
    arguments = command(other_checkpoint, source, output)
    first, second = started_together(arguments, *printed)
    wait_for_blocks(first, printed[0], output, 2)
    second.kill()
    first.join(timeout=300)
    assert first.exitcode == 1
    assert "another process has ended" in printed[0].read_text("utf-8")
    assert not output.exists()
    run = subprocess.run(  # and now by the real torchrun
        [*TORCHRUN, "-m", "companion", *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert output.read_bytes() == whole


@pytest.mark.slow
def test_two_processes_measure_what_one_does(tmp_path, other_checkpoint, capsys):
    texts = [f"My name is Foo and I {'sing ' * (i % 9)}." for i in range(600)]
    squad_file(tmp_path / "dev.json", *[(text, answer("Foo", 11)) for text in texts])
    one, two = (tmp_path / name / "figures.json" for name in ("one", "two"))
    for path in (one, two):
        path.parent.mkdir()
    options = ["--model", str(other_checkpoint), "--json"]
    arguments = ["evaluate", str(tmp_path / "dev.json"), *options]
    with one_thread():
        assert main([*arguments, str(one)]) == 0
    line = capsys.readouterr().out
    assert line.startswith("dev.json  600 questions  EM ")
    assert run_in_two([*arguments, two], tmp_path) == [line, ""]
    assert one.read_bytes() == two.read_bytes()
