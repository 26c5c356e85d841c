"""The questions of recall: five for each chapter, and a reason for each choice."""

import collections
import re

import pytest

from tools import recall
from tools.plain import written_out

STEMS = sorted(path.stem for path in recall.BOOK.glob("[0-9][0-9]_*.md"))
ALL = [question for stem in STEMS for question in recall.questions(stem)]


@pytest.mark.parametrize("stem", STEMS)
def test_a_chapter_closes_with_five_questions(stem):
    asked = recall.questions(stem)
    assert len(asked) == 5
    own = re.sub(r"^\d\d_", "", stem).replace("_", "-")
    earlier = [path[3:].replace("_", "-") for path in STEMS if path < stem]
    assert {question.of for question in asked} <= {"", *earlier} - {own}
    assert any(question.of for question in asked) or not earlier


@pytest.mark.parametrize("stem", STEMS)
def test_a_chapter_has_its_questions_once_before_what_to_read_on(stem):
    text = (recall.BOOK / f"{stem}.md").read_text("utf-8")
    assert len(recall.DIRECTIVE.findall(text)) == 1
    after = recall.DIRECTIVE.split(text)[1]
    assert re.findall(r"^## (.*)", after, re.MULTILINE) == ["Read on"]


def test_each_choice_has_a_reason_of_its_own():
    for question in ALL:
        assert len(question.choices) >= 3
        reasons = {choice.why for choice in question.choices}
        assert len(reasons) == len(question.choices), question.text
        assert all(len(reason) > 20 for reason in reasons), question.text


def test_neither_place_nor_length_gives_the_right_choice_away():
    places, lengths = collections.Counter(), collections.Counter()
    for question in ALL:
        [place] = [i for i, one in enumerate(question.choices) if one.is_right]
        by_length = sorted(question.choices, key=lambda one: len(one.text))
        places[place] += 1
        lengths[by_length.index(question.choices[place])] += 1
    assert max(places.values()) < 0.5 * len(ALL), places
    assert max(lengths.values()) < 0.5 * len(ALL), lengths


def test_a_notebook_has_the_questions_with_the_answers_folded():
    text = recall.as_markdown("04_attention")
    asked, folded = text.split("<details>")
    first = recall.questions("04_attention")[0]
    assert asked.startswith(
        f"**1.** {first.text}\n\n- **a.** {first.choices[0].text}\n"
    )
    assert first.choices[0].why not in asked
    assert f"- **a.** {first.choices[0].reason()}" in folded
    assert written_out(":::{recall}\n:::", "04_attention").startswith("**1.**")


@pytest.mark.parametrize(
    "bad",
    [
        "- ask: x\n  choices: [{right: a, why: b}, {right: c, why: d}]",
        "- ask: x\n  choices: [{wrong: a, why: b}]",
        "- ask: x\n  choices: [{maybe: a, why: b}]",
        "- ask: x\n  choices: [{right: a}]",
        "- ask: x",
        "",
    ],
)
def test_a_table_that_is_not_whole_is_refused(bad, monkeypatch, tmp_path):
    (tmp_path / "recall").mkdir()
    (tmp_path / "recall" / "x.yml").write_text(bad, "utf-8")
    monkeypatch.setattr(recall, "BOOK", tmp_path)
    with pytest.raises(ValueError, match=r"x\.yml"):
        recall.questions("x")
