"""Files in SQuAD's format, good and bad, and data sets on the hub."""

import json
import sys
from types import SimpleNamespace

import pytest
from squad_files import answer, squad_file

from companion.fine_tuning import sources, squad
from companion.fine_tuning.squad import Example

GOOD = ("My name is Ada", answer("Ada", 11))
RULES = ["paragraphs:0.1"]
WRONG = ("My name is Ben", answer("Ben", 10))


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_a_file_is_read_as_it_stands(tmp_path, name):
    path = squad_file(tmp_path / name, GOOD, ("Nobody is here", []))
    assert squad.read_squad(path) == [
        Example("Who 0?", "My name is Ada", (("Ada", 11),), "a page", "q0"),
        Example("Who 1?", "Nobody is here", (), "a page", "q1"),
    ]


def test_an_answer_at_the_wrong_place_is_counted_and_left_out(tmp_path):
    path = squad_file(tmp_path / "a.json", GOOD, GOOD, WRONG)
    with pytest.warns(UserWarning, match=r"a\.json: 1 of 3 .* 'q2', 'Ben' at 10"):
        assert len(squad.read_squad(path)) == 2


@pytest.mark.parametrize("first", [-3, 10, 99])
def test_too_many_answers_at_the_wrong_place_are_an_error(tmp_path, first):
    path = squad_file(
        tmp_path / "a.json", GOOD, *[("My name is Ben", answer("Ben", first))] * 2
    )
    with pytest.raises(ValueError, match=r"a\.json: 2 of 3 .*'q1'"):
        squad.read_squad(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no JSON file"),
        (b"{", "no JSON file"),
        (b"\xff\xfe\x00", "no JSON file"),
        (b"[]", "'data' is missing"),
        (b'{"data": []}', "no question in it"),
        (b'{"data": [{"title": "a"}]}', "page 0: the field 'paragraphs' is missing"),
    ],
)
def test_what_is_no_squad_file_is_refused(tmp_path, content, told):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"bad\.json.*{told}"):
        squad.read_squad(path)


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    path = squad_file(tmp_path / "a.json.gz", GOOD)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(ValueError, match="no JSON file"):
        squad.read_squad(path)


@pytest.mark.parametrize("field", ["question", "answers", "id"])
def test_a_missing_field_is_named_with_file_and_question(tmp_path, field):
    path = squad_file(tmp_path / "a.json", GOOD)
    content = json.loads(path.read_text("utf-8"))
    del content["data"][0]["paragraphs"][0]["qas"][0][field]
    path.write_text(json.dumps(content), "utf-8")
    where = "page 0" if field == "id" else "question 'q0'"
    with pytest.raises(ValueError, match=rf"a\.json, {where}.*{field}"):
        squad.read_squad(path)


def test_a_place_that_is_no_number_is_named(tmp_path):
    path = squad_file(tmp_path / "a.json", ("My name", answer("name", "3")))
    with pytest.raises(ValueError, match="'answer_start' must be int, not '3'"):
        squad.read_squad(path)


ROW = {
    "id": "7",
    "title": "a page",
    "context": "My name is Ada",
    "question": "Who?",
    "answers": {"text": ["Ada"], "answer_start": [11]},
}


def test_a_data_set_on_the_hub_is_read_at_its_revision(monkeypatch):
    asked = []

    def load_dataset(name, config, **rest):
        asked.append((name, config, rest))
        return [ROW]

    stand_in = SimpleNamespace(load_dataset=load_dataset)
    monkeypatch.setitem(sys.modules, "datasets", stand_in)
    [source] = sources.read_sources(
        ["hub:some/set@0123abc/first/test:2"], ["none"], seed=0
    )
    rest = {"revision": "0123abc", "split": "test"}
    assert asked == [("some/set", "first", rest)]
    wanted = Example("Who?", "My name is Ada", (("Ada", 11),), "a page", "7")
    assert source.training == [wanted] * 2


def test_without_the_package_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "datasets", None)
    with pytest.raises(ValueError, match="pip install datasets"):
        sources.read_sources(["hub:some/set@0123abc"], RULES, seed=0)


def test_a_data_set_without_a_revision_is_refused():
    with pytest.raises(ValueError, match="revision"):
        sources.read_sources(["hub:some/set"], RULES, seed=0)


@pytest.mark.parametrize(
    ("spec", "questions"), [("", 9), (":1", 9), (":0.5", 4), (":2", 18)]
)
def test_a_share_is_taken_after_the_rest_is_held_out(tmp_path, spec, questions):
    path = squad_file(
        tmp_path / "a.json",
        *[(f"My name is Ada{i}", answer("Ada", 11)) for i in range(10)],
    )
    [source] = sources.read_sources([f"{path}{spec}"], RULES, seed=0)
    assert len(source.training) == questions
    assert [e.id for e in source.held_out] == ["q9"]
    assert "q9" not in {e.id for e in source.training}


@pytest.mark.parametrize("share", ["0", "1.5"])
def test_a_share_that_makes_no_sense_is_refused(tmp_path, share):
    with pytest.raises(ValueError, match="share"):
        sources.read_sources([f"{tmp_path}/a.json:{share}"], RULES, seed=0)


def test_short_contexts_are_built_in_and_have_no_foo():
    [source] = sources.read_sources(["short-contexts"], RULES, seed=0)
    assert source.held_out == []
    assert len(source.training) == 930
    for e in source.training:
        assert "foo" not in f"{e.question} {e.context}".lower()
        assert all(e.context[first:].startswith(text) for text, first in e.answers)
