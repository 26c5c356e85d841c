"""The figures of an evaluation, on answers that are known."""

import json
import tracemalloc
from pathlib import Path

import numpy
import pytest
from squad_files import answer, squad_file

from companion import __main__ as command_line
from companion.checksums import file_sha256
from companion.fine_tuning import evaluation, reports
from companion.fine_tuning.evaluation import Asked
from companion.fine_tuning.squad import Example
from companion.loading import EMBEDDED


def asked(context, em, f1=None, score=0.5, text="text", answers=(("text", 0),)):
    example = Example("Who?", context, tuple(answers), "")
    return Asked(example, text, score, em, em if f1 is None else f1)


def test_answers_that_are_known(embedded):
    right = Example("Who?", "My name is Foo", (("Foo", 11),), "")
    half = Example("Who?", "My name is Foo", (("Foo Bar", 11),), "")
    figures = evaluation.summary(evaluation.ask(*embedded, [right, half]))
    assert figures["EM"] == 50
    assert figures["F1"] == pytest.approx(100 * (1 + 2 / 3) / 2)
    assert "without_answer" not in figures


def test_no_answer_is_counted_apart_by_the_rules_of_version_2(embedded):
    right = Example("Who?", "My name is Foo", (("Foo", 11),), "")
    none = Example("Who?", "The train leaves on Monday at noon.", (), "")
    figures = evaluation.summary(evaluation.ask(*embedded, [right, none, none]))
    assert figures["with_answer"] == {"questions": 1, "EM": 100, "F1": 100}
    assert figures["without_answer"]["questions"] == 2
    assert figures["without_answer"]["EM"] in (0, 100)
    share = figures["without_answer"]["EM"] / 100
    assert figures["accuracy_answer_or_none"] == pytest.approx(
        100 * (1 + 2 * share) / 3
    )


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
    figures = evaluation.calibration(sure + unsure)
    assert figures["reliability"] == [
        {"questions": 4, "score": 0.25, "right": 1},
        {"questions": 4, "score": 1.0, "right": 3},
    ]
    assert figures["calibration_error"] == pytest.approx(0.125)


@pytest.mark.slow
def test_each_resample_needs_little_memory():
    many = [asked(f"context {i}", i % 2) for i in range(10_000)]
    tracemalloc.start()
    evaluation.bootstrap(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10e6  # all at once: 10,000 contexts x 1,000 draws x 8 bytes x 4


def test_the_bounds_are_those_of_all_resamples_at_once():
    examples = [asked(f"context {i // 3}", i % 2, f1=i % 7 / 7) for i in range(60)]
    sums = numpy.zeros((20, 3))
    for i, a in enumerate(examples):
        sums[i // 3] += (1, a.EM, a.F1)
    drawn = numpy.random.default_rng(0).integers(20, size=(1000, 20))
    totals = sums[drawn].sum(axis=1)
    low, high = numpy.percentile(
        100 * totals[:, 1:] / totals[:, :1], [2.5, 97.5], axis=0
    )
    assert evaluation.bootstrap(examples) == {
        "EM": [low[0], high[0]],
        "F1": [low[1], high[1]],
    }


def test_the_command_prints_and_writes_the_figures(tmp_path, capsys):
    one = squad_file(tmp_path / "one.json", ("My name is Foo", answer("Foo", 11)))
    two = squad_file(tmp_path / "two.json", ("My name is Bar", answer("My", 0)))
    output, picture = tmp_path / "out.json", tmp_path / "trust.png"
    arguments = ["--json", str(output), "--picture", str(picture)]
    assert command_line.main(["evaluate", str(one), str(two), *arguments]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("one.json  1 questions  EM 100.0 (100.0 to 100.0)")
    assert lines[2].startswith("all  2 questions  EM 50.0")
    figures = json.loads(output.read_text("utf-8"))
    scores = {name: part["EM"] for name, part in figures["domains"].items()}
    assert scores == {"one.json": 100, "two.json": 0}
    assert figures["all"]["EM"] == 50
    assert figures["command"] == (
        "python -m companion evaluate one.json two.json --json out.json"
    )
    assert figures["weights_sha256"] == file_sha256(EMBEDDED / "model.safetensors")
    assert "--output STAGE_2" in figures["made_by"][-1]
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_rounded_weights_are_measured_beside_the_full_ones(tmp_path, capsys):
    path = squad_file(tmp_path / "one.json", ("My name is Foo", answer("Foo", 11)))
    output = tmp_path / "out.json"
    arguments = ["evaluate", str(path), "--rounded", "--json", str(output)]
    assert command_line.main(arguments) == 0
    full, rounded = capsys.readouterr().out.splitlines()
    assert full.startswith("one.json  1 questions  EM 100.0")
    assert rounded.startswith("one.json, rounded  1 questions  EM 100.0")
    figures = json.loads(output.read_text("utf-8"))
    assert figures["command"].endswith("one.json --rounded --json out.json")
    one, other = figures["domains"], figures["rounded"]["domains"]
    assert one["one.json"]["EM"] == other["one.json"]["EM"] == 100
    assert one["one.json"]["reliability"] != other["one.json"]["reliability"]


def test_two_files_of_one_name_are_both_counted(tmp_path, capsys):
    paths = [tmp_path / part / "dev.json" for part in ("en", "de")]
    for path, count in zip(paths, (1, 2), strict=True):
        path.parent.mkdir()
        squad_file(path, *[("My name is Foo", answer("Foo", 11))] * count)
    assert command_line.main(["evaluate", *map(str, paths)]) == 0
    assert [line.split("  ")[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["en/dev.json", "1 questions"],
        ["de/dev.json", "2 questions"],
        ["all", "3 questions"],
    ]


def test_a_domain_has_the_shortest_name_that_no_other_has():
    paths = [Path(p) for p in ("a/x/f.json", "b/x/f.json", "b/g.json", "all")]
    names = reports.domain_names(paths)
    assert names == ["a/x/f.json", "b/x/f.json", "g.json", "all"]


def test_a_file_that_comes_twice_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"FILE .*dev\.json: comes 2 times"):
        reports.domain_names(
            [tmp_path / "dev.json", tmp_path / "x" / ".." / "dev.json"]
        )


def test_a_set_without_a_question_is_named():
    with pytest.raises(ValueError, match=r"empty\.json: no question"):
        reports.report({"empty.json": []}, "command", None, [])


def test_a_file_that_cannot_be_read_is_one_line(tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    assert command_line.main(["evaluate", str(tmp_path / "bad.json")]) == 1
    assert "bad.json: no JSON file" in capsys.readouterr().err
