"""Files in SQuAD's format, good and bad, and data sets on the hub."""

import gzip
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


def test_an_answer_at_the_wrong_place_is_counted_and_not_trained_on(tmp_path):
    path = squad_file(tmp_path / "a.json", GOOD, GOOD, WRONG)
    examples = squad.read_squad(path)
    assert len(examples) == 3  # to measure with, no place is needed
    with pytest.warns(UserWarning, match=r"a\.json: 1 of 3 .* 'q2', 'Ben' at 10"):
        assert [e.id for e in squad.placed(examples)] == ["q0", "q1"]


def test_of_several_references_those_in_place_are_kept(tmp_path):
    answers = answer("Ada", 11) + answer("Ada", 3)
    path = squad_file(tmp_path / "a.json", ("My name is Ada", answers))
    [example] = squad.placed(squad.read_squad(path))
    assert example.answers == (("Ada", 11),)


def test_a_place_counted_in_utf_16_units_is_another_place(tmp_path):
    context = "\U0001f642 My name is Ada"
    place = len(context[: context.index("Ada")].encode("utf-16-le")) // 2
    path = squad_file(tmp_path / "a.json", GOOD, GOOD, (context, answer("Ada", place)))
    with pytest.warns(UserWarning, match=r"a\.json: 1 of 3 .* 'q2', 'Ada' at 14"):
        assert [e.id for e in squad.placed(squad.read_squad(path))] == ["q0", "q1"]


@pytest.mark.parametrize("first", [-3, 10, 99])
def test_too_many_answers_at_the_wrong_place_are_an_error(tmp_path, first):
    path = squad_file(
        tmp_path / "a.json", GOOD, *[("My name is Ben", answer("Ben", first))] * 2
    )
    with pytest.raises(ValueError, match=r"a\.json: 2 of 3 .*'q1'"):
        squad.placed(squad.read_squad(path))


FLAT = b'{"id": "7", "context": "I am Ada", "question": "Who?", "answers": ["Ada"]}'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no JSON file"),
        (b"{", "no JSON file"),
        (b"\xff\xfe\x00", "no JSON file"),
        (b"[]", "'data' is missing"),
        (b'{"data": []}', "no question in it"),
        (b'{"data": [{"title": "a"}]}', "page 0: the field 'paragraphs' is missing"),
        (b'{"data": [' + FLAT + b"]}", "page 0: the field 'paragraphs' is missing"),
        (b"[" + FLAT + b"]", "'data' is missing"),
        (FLAT, "'data' is missing"),
        (FLAT + b"\n" + FLAT, "no JSON file: Extra data: line 2"),
        (gzip.compress(b'{"data": []}', mtime=0), "no JSON file"),
    ],
)
def test_what_is_no_squad_file_is_refused(tmp_path, content, message):
    path = tmp_path / "bad.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"bad\.json.*{message}") as refused:
        squad.read_squad(path)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_cut_short_is_refused(tmp_path):
    path = squad_file(tmp_path / "a.json.gz", GOOD)
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(ValueError, match="no JSON file"):
        squad.read_squad(path)


def with_fields(tmp_path, **fields):
    """A file with one question, some of whose fields are others; None removes one."""
    path = squad_file(tmp_path / "a.json", GOOD)
    content = json.loads(path.read_text("utf-8"))
    qa = content["data"][0]["paragraphs"][0]["qas"][0]
    qa.update(fields)
    for name in [name for name, value in fields.items() if value is None]:
        del qa[name]
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize("field", ["question", "answers"])
def test_a_missing_field_is_named_with_file_and_question(tmp_path, field):
    with pytest.raises(ValueError, match=rf"a\.json, question 'q0'.*{field}"):
        squad.read_squad(with_fields(tmp_path, **{field: None}))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"answers": answer("Ada", "x")}, "'answer_start' must be an int, not 'x'"),
        ({"answers": answer("Ada", 1.5)}, "'answer_start' must be an int, not 1.5"),
        ({"answers": answer("Ada", True)}, "'answer_start' must be an int, not True"),
        ({"answers": answer(3, 11)}, "'text' must be a str, not 3"),
        ({"answers": answer(None, 11)}, "'text' must be a str, not None"),
        ({"answers": answer(" ", 11)}, "empty 'text', but 'answer_start' is 11"),
        ({"answers": [{"answer_start": 11}]}, "has no 'text'"),
        ({"answers": "Ada"}, "'answers' must be a list"),
        ({"answers": {"text": ["Ada"], "answer_start": []}}, "has 1 texts"),
        ({"question": 3}, "'question' must be a str, not 3"),
        ({"question": " "}, "question must hold some text"),
        ({"question": "\ud83d"}, "question must hold whole characters"),
        ({"is_impossible": "maybe"}, "'is_impossible' must be true or false"),
        ({"is_impossible": True}, "'is_impossible' is true, but 'answers' has 'Ada'"),
    ],
)
def test_what_cannot_be_read_is_named_with_file_and_question(tmp_path, fields, message):
    with pytest.raises(ValueError, match=r"a\.json, question 'q0'") as error:
        squad.read_squad(with_fields(tmp_path, **fields))
    assert message in str(error.value)


ADA = (("Ada", 11),)


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({"answers": answer("Ada", "11")}, ADA),
        ({"answers": answer("Ada", 11.0)}, ADA),
        ({"answers": answer(" Ada ", 10)}, ADA),
        ({"answers": answer("Ada ", 11)}, ADA),
        ({"answers": {"text": ["Ada"], "answer_start": [11]}}, ADA),
        ({"answers": {"text": "Ada", "answer_start": 11}}, ADA),
        ({"answers": ["Ada"]}, ADA),
        ({"answers": [{"text": "a"}]}, (("a", -1),)),  # at which of three places?
        ({"answers": [{"text": "Ada"}], "is_impossible": False}, ADA),
        ({"answers": answer("", -1) + answer("Ada", 11)}, ADA),
        ({"answers": answer("", -1)}, ()),
        ({"answers": answer("", 0), "is_impossible": True}, ()),
        ({"answers": answer(None, None)}, ()),
        ({"answers": answer("CANNOTANSWER", 15)}, ()),
        ({"answers": None, "is_impossible": True}, ()),
        ({"answers": [], "plausible_answers": answer("Ada", 11)}, ()),
        ({"answers": {"text": [], "answer_start": []}, "is_impossible": 1}, ()),
    ],
)
def test_references_are_read_in_every_usual_form(tmp_path, fields, answers):
    [example] = squad.read_squad(with_fields(tmp_path, **fields))
    assert example.answers == answers


def test_what_nobody_needs_may_be_missing_or_of_another_type(tmp_path):
    page = {"paragraphs": [{"context": "My name is Ada", "qas": []}]}
    page["paragraphs"][0]["qas"] = [
        {"question": "Who?", "answers": ["Ada"]},
        {"id": 7, "question": "Who?", "answers": ["Ada"]},
    ]
    pages = [page, {**page, "title": " ", "document_id": 3}, {**page, "title": "t"}]
    path = tmp_path / "bom.json"
    path.write_text(json.dumps({"data": pages}), "utf-8-sig")
    examples = squad.read_squad(path)
    assert [e.id for e in examples] == ["#0", "7", "#2", "7", "#4", "7"]
    assert [e.page for e in examples[::2]] == ["page 0", "3", "t"]


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
        ["hub:some/set@v1.0-b/first/test:2"], ["none"], seed=0
    )
    rest = {"revision": "v1.0-b", "split": "test"}
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


def several(tmp_path, *names):
    for number, name in enumerate(names):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        squad_file(
            tmp_path / name,
            *[(f"My name is Ada{number}{i}", answer("Ada", 11)) for i in range(10)],
        )
    return [str(tmp_path / name) for name in names]


def test_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path):
    paths = several(tmp_path, "en/a.json", "de/a.json", "b.json")
    read = sources.read_sources([*paths, "short-contexts"], RULES, seed=0)
    assert [s.name for s in read] == ["en/a.json", "de/a.json", "b.json",
                                      "short-contexts"]  # fmt: skip


def test_the_same_file_twice_is_refused(tmp_path):
    [path] = several(tmp_path, "a.json")
    with pytest.raises(ValueError, match=r"a\.json.*twice"):
        sources.read_sources([path, f"{path}:0.5"], RULES, seed=0)


def test_a_rule_for_each_file(tmp_path):
    paths = several(tmp_path, "a.json", "b.json")
    read = sources.read_sources(paths, ["none", "paragraphs:3"], seed=0)
    assert [len(s.held_out) for s in read] == [0, 3]
    assert [s.record()["hold_out"] for s in read] == ["none", "paragraphs:3"]
    with pytest.raises(ValueError, match="--hold-out has 3 rules"):
        sources.read_sources(paths, ["none"] * 3, seed=0)


def test_what_one_file_holds_out_another_may_not_train_on(tmp_path):
    paths = several(tmp_path, "a.json", "b.json")
    text = (tmp_path / "a.json").read_text("utf-8")
    (tmp_path / "b.json").write_text(text.replace('"id": "q', '"id": "r'), "utf-8")
    with pytest.raises(ValueError, match=r"--data b\.json: 1 of .*a\.json.*'r9'"):
        sources.read_sources(paths, ["paragraphs:1", "none"], seed=0)


@pytest.mark.parametrize(
    ("spec", "rule", "message"),
    [
        ("", "pages:8", "leaves nothing to train on, of 10"),
        ("", "pages:0.1", "leaves nothing to hold out, of 10"),
        (":0.01", "none", "a share of 0.01 of its questions is none"),
    ],
)
def test_an_empty_part_is_refused_before_training(tmp_path, spec, rule, message):
    [path] = several(tmp_path, "a.json")
    with pytest.raises(ValueError, match=rf"--data .*a\.json: .*{message}"):
        sources.read_sources([f"{path}{spec}"], [rule], seed=0)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_plain_file_is_cut_at_its_empty_lines(tmp_path, end):
    text = "\ufeffMy name\nis Ada.\n\n \t\n\nI  sing.\n\n\n"
    path = tmp_path / "story.txt"
    path.write_bytes(text.replace("\n", end).encode())
    examples = squad.read_paragraphs(path)
    assert [e.context for e in examples] == ["My name is Ada.", "I sing."]
    assert [(e.question, e.answers, e.page, e.id) for e in examples] == [
        ("", (), "story", "#0"), ("", (), "story", "#1")
    ]  # fmt: skip
    assert examples[0].where == f"{path}, question '#0'"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no text in it"),
        (b" \n\n\t\n", "no text in it"),
        ("My name is Zo\xeb".encode("latin-1"), "not a text in UTF-8"),
        ("My name is Foo".encode("utf-16"), "not a text in UTF-8"),
    ],
)
def test_a_plain_file_that_cannot_be_read_is_named(tmp_path, content, message):
    path = tmp_path / "bad.txt"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"bad\.txt: {message}"):
        squad.read_paragraphs(path)


def test_of_texts_each_comes_once_and_those_held_out_never(tmp_path):
    path = squad_file(
        tmp_path / "a.json",
        *[(f"My name is Ada{i // 3}", answer("X", 3)) for i in range(30)],
    )  # the answers are nowhere, and nobody asks for them
    [source] = sources.read_sources([str(path)], RULES, seed=0, texts=True)
    trained = [e.context for e in source.training]
    assert trained == [f"My name is Ada{i}" for i in range(9)]
    assert {e.context for e in source.held_out} == {"My name is Ada9"}


def test_paragraphs_of_a_plain_file_are_held_out_like_any_others(tmp_path):
    path = tmp_path / "story.TXT"
    path.write_text("\n\n".join(f"Line {i % 8}" for i in range(10)))
    rules = ["paragraphs:2"]
    [source] = sources.read_sources([f"{path}:2"], rules, seed=0, texts=True)
    assert [e.context for e in source.held_out] == ["Line 6", "Line 7"]
    trained = sorted(e.context for e in source.training)  # each text once, then twice
    assert trained == sorted([f"Line {i}" for i in range(6)] * 2)
    with pytest.raises(ValueError, match=r"story\.TXT: no JSON file"):
        sources.read_sources([str(path)], rules, seed=0)
