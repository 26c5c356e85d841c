"""What is held out is decided by a rule and found again by content, not by name."""

from dataclasses import replace

import pytest
from squad_files import example

from companion.fine_tuning import held_out
from companion.fine_tuning.held_out import DEFAULT, NONE, record, recorded, split

EXAMPLES = [
    replace(example(f"Text {i // 2} .", "Text", f"{i // 4:02}"), id=f"q{i}")
    for i in range(80)
]


@pytest.mark.parametrize(
    ("rule", "pages", "texts"),
    [
        ("pages:8", range(12, 20), range(24, 40)),
        ("pages:0.1", (18, 19), range(36, 40)),
        ("paragraphs:0.1", (18, 19), range(36, 40)),
        ("paragraphs:3", (18, 19), range(37, 40)),
        ("none", (), ()),
    ],
)
def test_whole_pages_or_paragraphs_are_held_out(rule, pages, texts):
    training, out = split(EXAMPLES, rule)
    assert {e.page for e in out} == {f"{p:02}" for p in pages}
    assert {e.context for e in out} == {f"Text {t} ." for t in texts}
    assert not {e.context for e in out} & {e.context for e in training}
    assert len(training) + len(out) == 80


@pytest.mark.parametrize("rule", ["", "pages", "pages:0", "paragraphs:1.5", "all"])
def test_a_rule_that_there_is_not_is_refused(rule):
    with pytest.raises(ValueError, match=r"--hold-out .*pages:N"):
        split(EXAMPLES, rule)


def test_the_digest_is_of_the_content_in_any_order():
    digest = held_out.digest(EXAMPLES)
    assert held_out.digest(EXAMPLES[::-1]) == digest
    for change in ({"id": "x"}, {"question": "x"}, {"context": "x"}):
        other = [replace(EXAMPLES[0], **change), *EXAMPLES[1:]]
        assert held_out.digest(other) != digest
    assert held_out.digest([*EXAMPLES, EXAMPLES[0]]) != digest


def stage(*rules):
    entries = [record(rule, EXAMPLES, split(EXAMPLES, rule)[1]) for rule in rules]
    return {"data": [{"name": "a.json", **entry} for entry in entries]}


def test_the_record_finds_what_training_held_out():
    [entry] = stage("pages:8")["data"]
    assert entry["held_out"]["questions"] == 32
    assert recorded([stage("pages:8")], EXAMPLES, "b.json") == EXAMPLES[48:]


def test_of_several_stages_only_what_none_has_seen_is_left():
    stages = [stage("pages:8"), stage("pages:2"), {"data": []}]
    assert recorded(stages, EXAMPLES, "b.json") == EXAMPLES[72:]
    with pytest.raises(ValueError, match=r"b\.json: .*trained on all"):
        recorded([stage(DEFAULT), stage(NONE)], EXAMPLES, "b.json")


def test_another_file_is_refused_by_name_with_what_is_recorded():
    with pytest.raises(ValueError, match=r"b\.json: its 79 questions .*a\.json \("):
        recorded([stage(DEFAULT)], EXAMPLES[1:], "b.json")
    with pytest.raises(ValueError, match=r"b\.json: .*recorded: nothing"):
        recorded([{"data": [{"name": "a.json"}]}], EXAMPLES, "b.json")


def test_the_same_questions_in_another_order_are_refused():
    with pytest.raises(ValueError, match=r"b\.json: paragraphs:0\.1 holds out 8 .*but"):
        recorded([stage(DEFAULT)], EXAMPLES[::-1], "b.json")
