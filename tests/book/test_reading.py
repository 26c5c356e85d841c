"""Where one is in a page: what the outline marks, and what has the focus."""

import pytest
from chromium import watch

pytestmark = pytest.mark.slow

# The section at the line under which one reads, by the page itself.
READ = """() => {
  const links = [...document.querySelectorAll("#outline a")];
  const begun = links.filter((link) => {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    return heading.getBoundingClientRect().top <= 120;
  });
  return begun.at(-1)?.hash ?? null;
}"""
MARKED = "() => [...document.querySelectorAll('#outline a.active')].map((a) => a.hash)"


@pytest.fixture
def chapter(book, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = watch(page, book.as_uri())
    page.goto((book / "notebooks" / "04_attention.html").as_uri())
    page.wait_for_load_state("load")
    page.add_style_tag(content="html { scroll-behavior: auto !important }")
    yield page
    page.close()
    assert problems == []


def settled(page):
    page.evaluate("() => new Promise((done) => setTimeout(done, 120))")


def test_the_outline_marks_the_section_that_one_reads(chapter):
    height = chapter.evaluate("document.documentElement.scrollHeight")
    wrong, seen, places = [], set(), range(0, height - 1500, 700)
    chapter.mouse.move(600, 450)
    for place in places:
        chapter.evaluate("(y) => scrollTo(0, y)", place)
        chapter.mouse.wheel(0, 40)
        settled(chapter)
        read, marked = chapter.evaluate(READ), chapter.evaluate(MARKED)
        if marked != ([read] if read else []):
            wrong.append((place, read, marked))
        seen.update(marked)
    assert wrong == []
    assert len(seen) > 12


def test_at_the_end_the_last_section_is_marked(chapter):
    for _ in range(2):  # once more, if a view was drawn below the first end
        chapter.keyboard.press("End")
        settled(chapter)
    [marked] = chapter.evaluate(MARKED)
    assert marked == "#read-on"


def test_what_one_clicks_in_the_outline_is_marked(chapter):
    for link in chapter.locator("#outline a").all()[::4]:
        link.click()
        settled(chapter)
        assert chapter.evaluate(MARKED) == [link.get_attribute("href")]


@pytest.mark.parametrize("width", [1280, 390])
def test_whatever_has_the_focus_shows_it(book, browser, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto((book / "notebooks" / "06_qa_head.html").as_uri())
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        tag, name, style, outline = page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e); return "
            "[e.tagName, e.className, s.outlineStyle, parseFloat(s.outlineWidth)]; }"
        )
        if tag != "BODY":
            assert style != "none", (tag, name)
            assert outline >= 2, (tag, name)
            seen.add(tag)
    assert {"A", "BUTTON"} <= seen
    page.close()
