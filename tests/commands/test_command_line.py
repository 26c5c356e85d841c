import json
import subprocess
import sys

import pytest

from companion.__main__ import main


def test_ask_answers_in_one_line(capsys):
    assert main(["ask", "Who?", "My name is Foo"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Foo  (characters 11 to 14, score 0.")
    assert said.count("\n") == 1


def test_python_dash_m_runs_it():
    run = subprocess.run(
        [sys.executable, "-m", "companion", "ask", "Who?", "My name is Foo"],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0
    assert run.stdout.startswith("Foo")
    assert run.stderr == ""


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


@pytest.mark.parametrize("arguments", [[], ["--file", "-"]])
def test_standard_input_is_a_text_too(arguments):
    run = subprocess.run(
        [
            *(sys.executable, "-m", "companion", "ask", "When was the mill built?"),
            *arguments,
        ],
        input=MILL.encode(),
        capture_output=True,
    )
    assert run.stdout.decode().startswith("1871  (characters 32 to 36, score 0.")


@pytest.mark.parametrize(
    ("contents", "said"),
    [(b"\xff\xfe", "is not text in UTF-8"), (b" \n", "must hold some text")],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, capsys, contents, said):
    path = tmp_path / "odd.txt"
    path.write_bytes(contents)
    for name in (path, tmp_path / "missing.txt"):
        assert main(["ask", "Who?", "--file", str(name)]) == 1
        assert str(name) in capsys.readouterr().err
    assert main(["ask", "Who?", "--file", str(path)]) == 1
    assert said in capsys.readouterr().err


def test_a_context_and_a_file_are_one_too_many(capsys):
    assert main(["ask", "Who?", "My name is Foo", "--file", "x.txt"]) == 1
    assert "give a context or --file, not both" in capsys.readouterr().err
