"""The built pages, as text and in a real browser: wide and narrow, light and dark."""

import os
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from axe import MODERATE
from chromium import barriers, served, watch

from companion import views

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "_build" / "screenshots"
DESK = {"width": 1280, "height": 900}


def pages(book):
    """All pages but the one that leads on to the front page at once."""
    every = [p for p in sorted(book.rglob("*.html")) if "_static" not in p.parts]
    return [page for page in every if page != book / "index.html"]


LOADED = re.compile(
    r"<(?:script|img|iframe|source|audio|video|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//"
    r"|<link\b[^>]*\bhref=[\"']?(?:https?:)?//"
    r"|\b(?:import|fetch|url)\s*\(\s*[\"']?(?:https?:)?//"
    r"|(?:cdn\.|unpkg\.com|jsdelivr|cloudflare\.com|googleapis)",
    re.IGNORECASE,
)


def test_no_page_names_another_host_in_what_it_loads(book):
    found = [p.name for p in pages(book) if LOADED.search(p.read_text("utf-8"))]
    assert not found
    styles = [p for p in book.rglob("*.css") if LOADED.search(p.read_text("utf-8"))]
    assert not styles


@pytest.mark.parametrize(
    "bad",
    [
        '<script src="https://unpkg.com/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example.org/a.css">',
        "<style>@font-face { src: url('https://example.org/a.woff') }</style>",
        "<script>const THEBE = 'https://cdn.example.org/thebe.js'</script>",
    ],
)
def test_the_search_for_other_hosts_can_find_one(bad):
    assert LOADED.search(bad)


PALE = """<!doctype html><html lang="en"><title>Pale</title>
<style>main * { color: #aaa; background: #fff }</style>
<main><h1 style="color: #000">Pale</h1><p>A text.</p>
<select aria-label="One"><option>A choice</select>
<textarea aria-label="Two"></textarea></main>"""


@pytest.mark.parametrize("only_colours", [False, True])
def test_the_search_for_barriers_can_find_some(browser, only_colours):
    page = browser.new_page()
    page.set_content(PALE)
    page.locator("textarea").fill("Another text.")
    found = [(rule, *at) for rule, at, _ in barriers(page, only_colours=only_colours)]
    page.close()
    assert found == [("color-contrast", at) for at in ("p", "select", "textarea")]


def test_formulas_are_mathml(book):
    chapter = (book / "notebooks" / "01_architecture.html").read_text("utf-8")
    assert chapter.count("<math ") >= 4
    assert not re.search(r"<script[^>]*mathjax", chapter, re.IGNORECASE)


def test_chapters_and_figures_have_the_number_in_the_files_name(book):
    side = (book / "notebooks" / "index.html").read_text("utf-8")
    for path in sorted((book / "notebooks").glob("[0-9]*.html")):
        chapter, text = int(path.name[:2]), path.read_text("utf-8")
        assert re.search(rf'href="{path.name}">{chapter}\. \w', side), path.name
        assert f'<h1><span class="section-number">{chapter}. </span>' in text
        figures = re.findall(r'class="caption-number">Figure (\S+) ', text)
        assert figures == [f"{chapter}.{n}" for n in range(1, len(figures) + 1)]
        assert len(figures) > 2, path.name


def test_a_reference_to_a_chapter_or_figure_has_its_number(book):
    text = (book / "notebooks" / "10_heads.html").read_text("utf-8")
    assert re.search(r'href="09_fine_tuning\.html#\S+"><span[^>]*>[Cc]hapter 9<', text)
    assert re.search(r'href="#heads-\w+"><span[^>]*>Figure 10\.\d</span>', text)


def test_a_page_offers_its_notebook_for_download(book):
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        page = (book / "notebooks" / path.name).with_suffix(".html")
        assert f'href="../_sources/notebooks/{path.name}"' in page.read_text("utf-8")
        offered = book / "_sources" / "notebooks" / path.name
        assert offered.read_bytes() == path.read_bytes()


class Outline(HTMLParser):
    """The ids and links of a page, and the levels of its article's headings."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.levels, self.inside = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a" and attributes.get("href"):
            self.links.append(attributes["href"])
        self.inside = self.inside or tag == "article"
        if re.fullmatch("h[1-6]", tag) and self.inside:
            self.levels.append(int(tag[1]))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "article"


@pytest.fixture(scope="module")
def outlines(book):
    return {page: Outline(page.read_text("utf-8")) for page in pages(book)}


def test_each_link_inside_the_book_leads_somewhere(outlines):
    for page, outline in outlines.items():
        for link in outline.links:
            path, anchor = urldefrag(link)
            if re.match(r"\w+:|//", path):
                continue
            target = (page.parent / unquote(path)).resolve() if path else page
            assert target.is_file(), f"{page.name}: {link}"
            if anchor and target in outlines:
                assert unquote(anchor) in outlines[target].ids, f"{page.name}: {link}"


def test_headings_come_in_order(outlines):
    for page, outline in outlines.items():
        levels = outline.levels
        assert levels[:1] in ([1], []), page  # a page of the theme may have none
        assert levels.count(1) <= 1, page
        steps = [b - a for a, b in pairwise(levels)]
        assert max(steps, default=0) <= 1, (page, levels)


def test_each_page_in_the_light_on_a_phone(book, browser):
    """Nothing fails, nothing is cut off, no barrier for anyone; it weighs little."""
    found, weights = [], {}
    page = browser.new_page(viewport={"width": 390, "height": 900})
    with served(book) as base:
        problems = watch(page, base)
        for path in pages(book):
            page.goto(f"{base}/{path.relative_to(book).as_posix()}")
            page.wait_for_load_state("load")
            found += [(path.stem, problem) for problem in drawn(page)]
            weights[path.stem], fonts = page.evaluate(WEIGHT)
            assert set(fonts) <= {"stix-two-math.woff2"}, path
            looked = looked_at(page, path, kept=1280)
            found += [(path.stem, problem) for problem in (*looked, *problems)]
            problems.clear()
    page.close()
    assert found == []
    assert {p: n for p, n in weights.items() if not 3_000 < n < 1_500_000} == {}


def test_each_page_in_the_dark_opened_from_a_file(book, browser):
    """The same at a desk, and its views are drawn in two seconds of its own work."""
    found = []
    page = browser.new_page(color_scheme="dark", viewport=DESK)
    problems = watch(page, book.as_uri())
    session = page.context.new_cdp_session(page)
    for path in pages(book):
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(path.as_uri())
        page.wait_for_load_state("load")
        found += [(path.stem, problem) for problem in drawn(page)]
        metrics = session.send("Performance.getMetrics")["metrics"]
        seconds = {metric["name"]: metric["value"] for metric in metrics}
        assert 0 < seconds["TaskDuration"] < 2, path
        session.send("Performance.disable")  # the next one's work is counted anew
        looked = looked_at(page, path, kept=390, only_colours=True)
        found += [(path.stem, problem) for problem in (*looked, *problems)]
        problems.clear()
    page.close()
    assert found == []


# The bytes of the page and of all files that it has asked for; and which are fonts.
WEIGHT = """() => {
  const files = performance.getEntries().filter((entry) => entry.encodedBodySize);
  const sizes = new Map(files.map((file) => [file.name, file.encodedBodySize]));
  const names = files.map((file) => file.name.split("/").at(-1));
  return [
    [...sizes.values()].reduce((sum, size) => sum + size, 0),
    names.filter((name) => /woff2?$/.test(name)),
  ];
}"""

# A moment after a resize, the keyboard reaches each box that now scrolls.
REACHED = """() => [...document.querySelectorAll("pre")].every(
  (pre) => pre.scrollWidth <= pre.clientWidth || pre.tabIndex === 0
)"""

# What axe need not read: views, which have their own test, and the colours of code but
# once. Telling it to leave them out takes it longer than reading them.
LESS = """(isCodeRead) => {
  const all = (what) => document.querySelectorAll(what);
  for (const svg of all(".attention-view svg")) svg.replaceChildren();
  if (isCodeRead) return;
  for (const code of all("pre")) code.textContent = code.textContent;
}"""


def looked_at(page, path, kept, only_colours=False):
    """What is wrong at three widths, and for axe as the page was opened.

    Where `CI` is set, what it looks like at the width `kept` is kept.
    """
    page.add_style_tag(content="* { transition: none !important }")  # colours stand
    opened = page.viewport_size["width"]
    for width in (1280, 768, 390):
        page.set_viewport_size({"width": width, "height": 900})
        scrolled = page.evaluate("document.documentElement.scrollWidth")
        if scrolled > width:
            yield f"{scrolled} pixels wide at {width}"
        if "CI" in os.environ and width == kept:
            page.screenshot(
                path=SCREENSHOTS / f"{path.stem}-{width}.jpg",
                full_page=True,
                quality=60,
            )
    unread = "[...document.images].filter(i => !i.naturalWidth || !i.alt).length"
    if page.evaluate(unread):
        yield "a picture is missing, or has no alternative text"
    page.set_viewport_size({"width": opened, "height": 900})
    page.wait_for_function(REACHED)
    page.evaluate(LESS, path.stem == "01_architecture")
    yield from barriers(page, MODERATE, only_colours)


def drawn(page):
    """The views of a page that lack lines, once they were near."""
    for view in page.locator(".attention-view").all():
        html = view.evaluate("(view) => view.outerHTML")
        view.evaluate("(view) => view.scrollIntoView()")
        view.locator(".stage").wait_for(state="attached")
        held = views.decode(html)
        wanted, lines = {
            "head": (1, ".lines line[data-head]"),
            "model": (len(held.layers) * len(held.heads), ".thumbnails button"),
            "neuron": (1, ".lines line[data-head]"),
            "layers": (len(held.tokens), ".dot"),
        }[held.kind]
        count = view.locator(lines).count()
        if count < wanted:
            yield f"{view.get_attribute('id')}: {count} of at least {wanted} lines"
