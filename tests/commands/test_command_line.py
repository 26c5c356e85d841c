import argparse
import errno
import io
import json
import os
import shlex
import signal
import subprocess
import sys

import pytest

import companion
from companion.__main__ import _parser, main
from companion.commands import COMMANDS, number

PYTHON = [sys.executable, "-m", "companion"]


def test_ask_answers_in_one_line(capsys):
    assert main(["ask", "Who?", "My name is Foo"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Foo  (characters 11 to 14, score 0.")
    assert text.count("\n") == 1


@pytest.mark.slow
def test_python_dash_m_runs_it_and_a_locale_of_few_letters_loses_none():
    run = subprocess.run(
        [*PYTHON, "ask", "Who?", "My name is Zoë"],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LANG": "C", "LC_ALL": "C"},
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith("Zoë  (characters 11 to 14")


def test_an_error_is_one_line_that_names_the_argument(capsys):
    assert main(["ask", "Who?", " "]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "companion: context must hold some text, not ' '\n"


def test_another_model_can_be_named(other_checkpoint, capsys):
    assert main(["ask", "Who?", "My name", "--model", str(other_checkpoint)]) == 0
    assert "score" in capsys.readouterr().out
    assert main(["ask", "Who?", "My name", "--model", "/nowhere/at/all"]) == 1
    assert "/nowhere/at/all" in capsys.readouterr().err


MILL = "The mill of Norrby was built in 1871.\r\nIt cost 3,500 crowns, paid by a tax.\n"
QUIET = "The weather was mild, and nothing was heard from the north. " * 10


def test_a_file_is_asked_and_the_passage_shown(tmp_path, capsys):
    path = tmp_path / "mill.txt"
    path.write_bytes((QUIET + MILL + QUIET).encode())
    assert main(["ask", "When was the mill built?", "--file", str(path)]) == 0
    answer, passage = capsys.readouterr().out.splitlines()
    start = (QUIET + MILL).index("1871")
    assert answer.startswith(f"1871  (characters {start} to {start + 4}, score 0.")
    assert passage.startswith(f"    {path}: …")
    assert "built in [1871]. It cost 3,500 crowns" in passage
    assert passage.endswith("…")


def test_several_files_and_answers_the_best_first_as_json(tmp_path, capsys):
    paths = [tmp_path / "weather.txt", tmp_path / "mill.txt"]
    for path, text in zip(paths, (QUIET, MILL), strict=True):
        path.write_bytes(text.encode())
    files = ["--file", *map(str, paths)]
    command = ["ask", "When was the mill built?", *files, "--top-k", "2", "--json"]
    assert main(command) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 4
    assert rows[0]["file"] == str(paths[1])
    assert rows[0]["answer"] == MILL[rows[0]["start"] : rows[0]["end"]] == "1871"
    scores = [row["score"] for row in rows]
    assert scores == sorted(scores, reverse=True)


COST = "What did the journey cost?"
JOURNEY = "In March 1898 Clara left Bergen for Lisbon."


def test_where_there_is_no_answer_it_says_so_with_the_nearest_piece(capsys):
    assert main(["ask", COST, JOURNEY]) == 0
    line = capsys.readouterr().out
    assert line.startswith("no answer  (score 0.9")
    assert "; nearest: " in line
    assert line.endswith("score <0.001)\n")


def test_a_text_with_an_answer_comes_before_one_without(tmp_path, capsys):
    paths = [tmp_path / "weather.txt", tmp_path / "mill.txt"]
    for path, text in zip(paths, (QUIET, MILL), strict=True):
        path.write_text(text)
    assert main(["ask", "When was the mill built?", "--file", *map(str, paths)]) == 0
    found, passage, none, nearest = capsys.readouterr().out.splitlines()
    assert found.startswith("1871  (")
    assert str(paths[1]) in passage
    assert none.startswith("no answer  (")
    assert nearest.startswith(f"    {paths[0]}: ")
    assert "[" in nearest


def test_in_json_no_answer_is_an_answer_if_it_may_be(capsys):
    main(["ask", COST, JOURNEY, "--json"])
    [row] = json.loads(capsys.readouterr().out)
    assert row["answer"]
    main(["ask", COST, JOURNEY, "--json", "--no-answer", "--top-k", "2"])
    none, second = json.loads(capsys.readouterr().out)
    assert (none["answer"], none["start"], none["end"], none["passage"]) == (
        "",
        0,
        0,
        "",
    )
    assert none["score"] > 0.9
    assert second == row


def test_all_answers_that_were_asked_for_are_told(capsys):
    main(["ask", "Who?", "My name is Foo", "--top-k", "3"])
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_the_lengths_of_a_call_are_options(capsys):
    text = "Clara Lindqvist left Bergen for Lisbon."
    asked = ["ask", "Who left Bergen?", text, "--device", "cpu"]
    answers = []
    for most in ("9", "2"):
        assert main([*asked, "--max-answer-len", most]) == 0
        answers.append(capsys.readouterr().out.partition("  (")[0])
    assert answers[0] == "Clara Lindqvist"
    assert len(answers[1].split()) == 1
    assert main([*asked, "--max-seq-len", "8", "--doc-stride", "7"]) == 1
    assert "doc_stride must be less than" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["--file", "-"]])
def test_standard_input_is_a_text_too(arguments, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MILL.encode())))
    assert main(["ask", "When was the mill built?", *arguments]) == 0
    assert capsys.readouterr().out.startswith("1871  (characters 32 to 36, score 0.")


@pytest.mark.parametrize(
    ("contents", "message"),
    [(b"\xff\xfe", "is not text in UTF-8"), (b" \n", "must hold some text")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, capsys, contents, message):
    path = tmp_path / "odd.txt"
    path.write_bytes(contents)
    for name in (path, tmp_path / "missing.txt"):
        assert main(["ask", "Who?", "--file", str(name)]) == 1
        assert str(name) in capsys.readouterr().err
    assert main(["ask", "Who?", "--file", str(path)]) == 1
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (b"utf_16.txt", "My name is Foo".encode("utf-16"), "is not text in UTF-8"),
        (b"utf_16_be.txt", "My name is Zo\xeb".encode("utf-16-be"), "UTF-8"),
        (b"odd_\xff.txt", b"\xff\xfe", "odd_\\udcff.txt is not text in UTF-8"),
        (b"missing_\xff.txt", None, "missing_\\udcff.txt"),
        (b"line\nend.txt", b"\xff\xfe", "is not text in UTF-8"),
        (b".", None, "directory"),
        (os.fsencode(os.devnull), None, f"{os.devnull} must hold some text"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_an_odd_file_is_one_line(tmp_path, monkeypatch, name, content, message):
    path = os.path.join(os.fsencode(tmp_path), name)
    if content is not None:
        with open(path, "wb") as file:
            file.write(content)
    written = io.BytesIO()
    errors = io.TextIOWrapper(written, "utf-8", errors="backslashreplace")  # Python's
    monkeypatch.setattr(sys, "stderr", errors)
    assert main(["ask", "Who?", "--file", os.fsdecode(path)]) == 1
    errors.flush()
    text = written.getvalue().decode()
    assert text.startswith("companion: ")
    assert message in text
    assert text.count("\n") == 1


def test_a_context_and_a_file_are_one_too_many(capsys):
    assert main(["ask", "Who?", "My name is Foo", "--file", "x.txt"]) == 1
    assert "give a context or --file, not both" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--help"], 0), (["--version"], 0), (["aks"], 2)]
)
def test_what_needs_no_model_does_not_wait_for_torch(arguments, status):
    python = [PYTHON[0], "-X", "importtime", *PYTHON[1:]]
    run = subprocess.run([*python, *arguments], capture_output=True, text=True)
    assert run.returncode == status
    assert "Traceback" not in run.stderr
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time")]
    packages = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "companion" in packages
    assert not packages & {"torch", "transformers", "numpy", "tokenizers"}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_listed_and_has_its_own_help_with_examples(name, capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    assert name in capsys.readouterr().out.partition("\npositional")[2].split()
    with pytest.raises(SystemExit):
        main([name, "--help"])
    text = capsys.readouterr().out
    lines = text.replace("\\\n", "").partition("\nexamples:\n")[2].splitlines()
    for line in lines:
        words = shlex.split(line)
        assert words[:4] == ["python", "-m", "companion", name]
        options = _parser(words[3:]).parse_args(words[3:])
        assert options.run
    assert lines
    assert max(map(len, text.splitlines())) <= 88


@pytest.mark.parametrize("text", ["1_0", "1e3", "nan", "0", "-2", "2.0", "\u0663"])
def test_a_number_that_is_none_is_named_with_its_option(capsys, text):
    with pytest.raises(SystemExit) as stop:
        main(["ask", "Who?", "My name is Foo", f"--top-k={text}"])
    assert stop.value.code == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert "argument --top-k: must be a whole number, at least 1" in message
    assert repr(text) in message


@pytest.mark.parametrize("text", ["nan", "inf", "1_0", "", "1e999", "-1", "2"])
def test_a_share_is_a_number_from_0_to_1(text):
    share = number(0, 1)
    assert [share(fine) for fine in ("0", "1", ".5", "1e-1")] == [0, 1, 0.5, 0.1]
    with pytest.raises(argparse.ArgumentTypeError, match="at least 0 and at most 1"):
        share(text)


def test_a_reader_that_stops_reading_hears_no_complaint(monkeypatch, capsys):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        monkeypatch.setattr(sys, "stdout", pipe)
        assert main(["ask", "Who?", "My name is Foo"]) == 141
    assert capsys.readouterr().err == ""


# What a terminal gives its programs, and a script that runs in the background does not.
HEEDS_INTERRUPTS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from companion.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_an_interrupt_is_one_line(tmp_path):
    path = tmp_path / "waits.txt"
    os.mkfifo(path)
    command = [sys.executable, "-c", HEEDS_INTERRUPTS, "ask", "Who?", "--file", path]
    with (
        subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as run,
        open(path, "w"),  # the command has opened it too, and waits for text
    ):
        run.send_signal(signal.SIGINT)
        assert run.communicate(timeout=60)[1] == "companion: interrupted\n"
    assert run.returncode == 130


@pytest.mark.parametrize(
    ("arguments", "answer"), [([], "Zo\\xeb  ("), (["--json"], '"Zo\\u00eb"')]
)
def test_an_output_of_few_letters_gets_escapes(monkeypatch, arguments, answer):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(["ask", "Who?", "My name is Zoë", *arguments]) == 0
    assert answer in written.getvalue().decode("ascii")


def test_a_full_disk_is_one_line(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert main(["ask", "Who?", "My name is Foo"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "out of memory"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: no"), "out of memory"),
        (ValueError("two\nlines"), "two lines"),
    ],
)
def test_a_known_cause_is_one_line(monkeypatch, capsys, error, message):
    def load(name, **_):
        raise error

    monkeypatch.setattr(companion, "question_answerer", load, raising=False)
    assert main(["ask", "Who?", "My name is Foo"]) == 1
    text = capsys.readouterr().err
    assert text.startswith(f"companion: {message}")
    assert text.count("\n") == 1


def test_an_unknown_cause_is_not_hidden(monkeypatch):
    def load(name, **_):
        raise RuntimeError("a mistake in the program")

    monkeypatch.setattr(companion, "question_answerer", load, raising=False)
    with pytest.raises(RuntimeError, match="a mistake in the program"):
        main(["ask", "Who?", "My name is Foo"])
