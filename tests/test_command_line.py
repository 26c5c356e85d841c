import subprocess
import sys

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
