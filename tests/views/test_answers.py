"""Answers marked in their text: true to the pipeline, and safe in a page."""

import re

import pytest

from companion import running, views
from companion.qa_pipeline import QuestionAnswerer

COST = "What did the journey cost?"


@pytest.fixture(scope="module")
def answerer(embedded):
    return QuestionAnswerer(*embedded)


def test_the_first_answer_is_marked_and_all_are_listed(answerer):
    questions = [*running.QUESTIONS, COST]
    view = views.answer_view(answerer, running.PARAGRAPH, questions)
    html = view._repr_html_()
    assert re.findall("<mark>(.*?)</mark>", html) == ["Anton"]
    places = re.findall(r'data-start="(\d+)" data-end="(\d+)"', html)
    found = [running.PARAGRAPH[int(start) : int(end)] for start, end in places]
    assert found == [*running.QUESTIONS.values(), ""]
    assert "no answer" in html
    assert repr(view).splitlines()[-1].startswith(f"{COST} no answer (0.9")


def test_no_answer_marks_nothing(answerer):
    html = views.answer_view(answerer, running.PARAGRAPH, [COST])._repr_html_()
    assert "<mark>" not in html
    assert running.PARAGRAPH in html


def test_what_looks_like_html_stays_text(answerer):
    text = 'My name is <b>Foo & "Bar"</b>'
    html = views.answer_view(answerer, text, ["Who is <i>he</i>?"])._repr_html_()
    assert "<b>" not in html
    assert "<i>" not in html
    assert "&lt;i&gt;he" in html


def test_without_questions_there_is_no_view(answerer):
    with pytest.raises(ValueError, match="questions is empty"):
        views.answer_view(answerer, running.PARAGRAPH, [])
