"""The figures of an evaluation, on answers that are known."""

import json

import pytest
from squad_files import answer, squad_file

from companion import __main__ as command_line
from companion.fine_tuning import evaluation
from companion.fine_tuning.evaluation import Asked
from companion.fine_tuning.squad import Example


def asked(context, em, f1=None, score=0.5, text="text", answers=(("text", 0),)):
    example = Example("Who?", context, tuple(answers), "")
    return Asked(example, text, score, em, em if f1 is None else f1)


def test_answers_that_are_known(embedded):
    right = Example("Who?", "My name is Foo", (("Foo", 11),), "")
    half = Example("Who?", "My name is Foo", (("Foo Bar", 11),), "")
    found = evaluation.summary(evaluation.ask(*embedded, [right, half]))
    assert found["EM"] == 50
    assert found["F1"] == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert "without_answer" not in found


def test_no_answer_is_counted_apart_by_the_rules_of_version_2(embedded):
    right = Example("Who?", "My name is Foo", (("Foo", 11),), "")
    none = Example("Who?", "The train leaves on Monday at noon.", (), "")
    found = evaluation.summary(evaluation.ask(*embedded, [right, none, none]))
    assert found["with_answer"] == {"questions": 1, "EM": 100, "F1": 100}
    assert found["without_answer"]["questions"] == 2
    assert found["without_answer"]["EM"] in (0, 100)
    share = found["without_answer"]["EM"] / 100
    assert found["accuracy_answer_or_none"] == pytest.approx(100 * (1 + 2 * share) / 3)


def test_the_interval_draws_contexts_not_questions():
    alone = [asked(f"context {i}", i % 2) for i in range(100)]
    together = [asked(f"context {i // 25}", float(i < 50)) for i in range(100)]
    (low, high), (wide_low, wide_high) = (
        evaluation.bootstrap(a)["EM"] for a in (alone, together)
    )
    assert 35 < low < 45 < 55 < high < 65
    assert (wide_low, wide_high) == (0, 100)
    assert evaluation.bootstrap(alone) == evaluation.bootstrap(alone)
    same = evaluation.bootstrap([asked("one", 1.0), asked("two", 1.0)])
    assert same == {"EM": [100, 100], "F1": [100, 100]}


def test_calibration_compares_scores_with_the_share_of_right_answers():
    sure = [asked("a", em, score=1.0) for em in (1, 1, 1, 0)]
    unsure = [asked("b", em, score=0.25) for em in (1, 0, 0, 0)]
    found = evaluation.calibration(sure + unsure)
    assert found["reliability"] == [
        {"questions": 4, "score": 0.25, "right": 1},
        {"questions": 4, "score": 1.0, "right": 3},
    ]
    assert found["calibration_error"] == pytest.approx(0.125)


def test_the_command_prints_and_writes_the_figures(tmp_path, capsys):
    one = squad_file(tmp_path / "one.json", ("My name is Foo", answer("Foo", 11)))
    two = squad_file(tmp_path / "two.json", ("My name is Bar", answer("My", 0)))
    output, picture = tmp_path / "out.json", tmp_path / "trust.png"
    arguments = ["--json", str(output), "--picture", str(picture)]
    assert command_line.main(["evaluate", str(one), str(two), *arguments]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("one.json  1 questions  EM 100.0 (100.0 to 100.0)")
    assert said[2].startswith("all  2 questions  EM 50.0")
    found = json.loads(output.read_text("utf-8"))
    assert [found[name]["EM"] for name in ("one.json", "two.json", "all")] == [
        100,
        0,
        50,
    ]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_file_that_cannot_be_read_is_one_line(tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    assert command_line.main(["evaluate", str(tmp_path / "bad.json")]) == 1
    assert "bad.json: no JSON file" in capsys.readouterr().err
