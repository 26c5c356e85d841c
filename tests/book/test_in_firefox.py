"""The built pages in a second engine: whole, within the screen, used by a reader."""

import pytest
from axe import BARRIERS, MODERATE, SCRIPT
from chromium import served

from companion import exercises, running
from tools import recall

from .paper import texts
from .test_pages import LESS, pages

pytestmark = pytest.mark.slow

FRONT, CHAPTER = "notebooks/index.html", "notebooks/04_attention.html"
FORGET = "#exercises .answers-progress button"
CHECKS = [f"check_{name}" for name in ("one_weight", "previous_head", "without_f")]
CHECKS += ["check_score_cost"]  # all exercises of the chapter
DRAWN = """async () => {
  for (const view of document.querySelectorAll(".attention-view")) {
    view.scrollIntoView();
    while (!view.querySelector(".stage svg")) await new Promise(requestAnimationFrame);
  }
}"""
# How wide a page is, and how many boxes hide something where no edge fades, or where
# the keyboard does not reach it.
LOOK = """() => [
  document.documentElement.scrollWidth,
  [...document.querySelectorAll(".bd-content *")].filter((box) => {
    const { overflowX, maskImage } = getComputedStyle(box);
    return /auto|scroll/.test(overflowX) && box.scrollWidth > box.clientWidth + 1
      && (box.tabIndex < 0 || maskImage === "none");
  }).length,
]"""


def test_each_page_opened_from_a_file(book, firefox):
    """Nothing is asked for elsewhere, or cut off; all is in reach, without barriers."""
    found = []
    for path in pages(book):
        firefox.resize(1920)
        firefox.goto(path.as_uri(), book.as_uri())
        firefox.evaluate(DRAWN)
        for width in (1920, 768, 360):
            firefox.resize(width)
            scrolled, unmarked = firefox.evaluate(LOOK)
            if scrolled > width or unmarked:
                found.append((path.stem, width, scrolled, unmarked))
        firefox.evaluate(LESS, path.stem == "01_architecture")
        barriers = firefox.evaluate(BARRIERS, SCRIPT, MODERATE, False)
        found += [(path.stem, barrier) for barrier in barriers]
    assert found == []
    assert firefox.problems == []


@pytest.fixture(scope="module")
def site(book):
    with served(book) as base:
        yield base


@pytest.fixture
def opened(firefox, site):
    """Open a page of the book as a phone shows it; afterwards nothing went wrong."""

    def open_(address):
        firefox.resize(390)
        firefox.goto(f"{site}/{address}", site)
        return firefox

    yield open_
    assert firefox.problems == []


def test_the_front_page_answers_and_the_dark_stays(opened):
    page = opened(FRONT)
    page.click(".asked-questions li:nth-child(2) button", "touch")
    page.until("() => document.querySelector('.asked-answer').innerText.length > 5")
    assert page.text(".asked-text mark") == list(running.QUESTIONS.values())[1]
    theme = "() => document.documentElement.dataset.theme"
    while page.evaluate(theme) != "dark":
        page.click(".theme-switch-button")
    page.reload()
    assert page.evaluate(theme) == "dark"


def test_a_term_is_searched_for_and_a_link_to_a_chapter_followed(opened):
    page = opened(CHAPTER)
    page.press("Control", "k")
    page.type("subword")
    page.press("Enter")
    page.arrive("search.html?q=subword")
    page.click("#found-pages h2 a", "touch")
    page.arrive("02_tokens.html")
    page.click("article p a[href^='04_attention.html']")
    page.arrive("04_attention.html")


def test_a_figure_is_enlarged(opened):
    page = opened(CHAPTER)
    page.click("figure a.image-reference img", "touch")
    assert page.text("dialog[open] .caption-number").startswith("Figure 4.1")
    page.press("Escape")
    assert page.evaluate("() => document.querySelector('dialog[open]')") is None


def answer(page, check):
    """Type the right answer to an exercise."""
    page.click(f"[data-check={check}] input")
    page.type(str(getattr(exercises, check).key().wanted))
    page.press("Enter")


WAITS = """() => {
  const output = document.querySelector(".tag_guess-first > .cell_output");
  const { display, contentVisibility } = getComputedStyle(output);
  return [display, contentVisibility];
}"""


def test_answers_are_judged_and_remembered(opened):
    page = opened(CHAPTER)
    answer(page, CHECKS[-1])
    question, *_ = recall.questions("04_attention")
    choice = 1 + [one.is_right for one in question.choices].index(True)
    page.click(f".recall-choices li:nth-child({choice}) button", "touch")
    assert page.text(".recall-reason").startswith("Right.")
    assert page.evaluate(WAITS) == ["block", "hidden"]  # the browser's search finds it
    page.click(".guess", "touch")
    assert page.evaluate(WAITS) == ["block", "visible"]
    page.reload()
    assert page.text(f"[data-check={CHECKS[-1]}] [role=status]").endswith("right")
    assert page.text(".recall-reason").startswith("Right.")
    assert "head  previous" in page.text(".tag_guess-first .cell_output")


def finished(page):
    """What stands on the cards that the front page says are finished."""
    return page.evaluate(
        "() => [...document.querySelectorAll('.card-chapter:has(.card-finished)')]"
        ".map((card) => card.innerText)"
    )


def test_the_front_page_says_which_chapters_are_finished(opened):
    page = opened(CHAPTER)
    page.click(FORGET)
    for check in CHECKS[:-1]:
        answer(page, check)
    assert finished(opened(FRONT)) == []
    answer(opened(CHAPTER), CHECKS[-1])
    [card] = finished(opened(FRONT))
    assert card.startswith("4. Attention")
    assert card.rstrip().endswith("exercises done")
    opened(CHAPTER).click(FORGET)
    assert finished(opened(FRONT)) == []


def test_a_view_is_touched_and_the_page_printed(opened):
    page = opened(CHAPTER)
    page.evaluate(DRAWN)
    page.click(".attention-view .left [data-token='3'] text", "touch")
    said = page.text(".attention-view .status")
    assert said.startswith("[SEP] reads, head 8")
    text = " ".join(" ".join(texts(page.printed())).split())
    for words in ("Figure 4.1", said, "Recall"):
        assert words in text
    assert "Save as SVG" not in text
