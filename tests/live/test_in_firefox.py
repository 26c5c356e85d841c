"""The model in a second engine: the same numbers, tokens and answers."""

import pytest
from live_pages import (
    ANSWER,
    CLOSE,
    GUESS,
    MASKED,
    TOKENIZE,
    in_utf_16,
    questions,
    texts_of_ten_scripts,
    the_librarys,
)

from companion.pretraining import guesses
from tools.sphinx_ext import live

pytestmark = pytest.mark.slow

STATUS = '[data-shows="answer"] [role=status]'


@pytest.fixture(scope="module")
def page(firefox, site):
    """The page, opened from a file, where the model was asked what stands there."""
    firefox.resize(1280)
    firefox.goto((site / "index.html").as_uri(), site.as_uri())
    firefox.click('[data-shows="answer"] button[type=submit]')
    firefox.until(
        f"() => document.querySelector('{STATUS}').textContent.startsWith('The an')",
        200,
    )
    yield firefox
    assert firefox.problems == []


def test_it_answers(page):
    assert page.text(STATUS) == "The answer: Foo."
    assert page.evaluate("() => document.body.scrollWidth - innerWidth") <= 0


def test_it_has_the_companions_numbers(page):
    found = page.evaluate("() => insideBertModel.ask('proof', '', '')")
    assert len(found["rows"]) == 5 + 6 * 9 + 2
    assert 0 < max(row["difference"] for row in found["rows"]) < CLOSE


def test_it_has_the_librarys_tokens(page, cased):
    texts = list(texts_of_ten_scripts(1000))
    ours, theirs = page.evaluate(TOKENIZE, texts), the_librarys(cased, texts)
    for text, mine, wanted in zip(texts, ours, theirs, strict=True):
        assert mine[:2] == wanted[:2], ascii(text)


def test_it_gives_the_companions_answers(page, rounded_answerer):
    asked = list(questions())[::2]  # enough: the same script answered all in Chromium
    for (question, context), mine in zip(
        asked, page.evaluate(ANSWER, asked), strict=True
    ):
        best, *_ = rounded_answerer(question, context, top_k=2)
        ours = mine["answers"][0]
        assert ours["score"] == pytest.approx(best["score"], abs=CLOSE)
        place = in_utf_16(context, [(best["start"], best["end"])])[0]
        assert [ours["start"], ours["end"]] == place, question


def test_it_gives_the_companions_guesses(page):
    [theirs] = guesses(*live.guesser(), MASKED[0])
    found = page.evaluate(GUESS, [MASKED[0], len(theirs)])["hidden"][0]["guesses"]
    assert [one["piece"] for one in found] == [piece for piece, _ in theirs]
    for ours, (_, chance) in zip(found, theirs, strict=True):
        assert ours["chance"] == pytest.approx(chance, abs=CLOSE)
