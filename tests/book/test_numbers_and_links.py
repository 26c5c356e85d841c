"""What a reader cites and follows: numbers of sections and formulas, and links."""

import re
from html.parser import HTMLParser

import pytest

pytestmark = pytest.mark.slow


class Text(HTMLParser):
    """The words of a page's article that are neither link, heading nor code."""

    CLOSED = ("a", "h1", "h2", "h3", "h4", "pre", "code", "script", "style", "svg")

    def __init__(self, html):
        super().__init__()
        self.closed, self.words = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag in self.CLOSED:
            self.closed.append(tag)

    def handle_endtag(self, tag):
        if self.closed and self.closed[-1] == tag:
            self.closed.pop()

    def handle_data(self, data):
        self.words += "" if self.closed else data


def articles(book):
    for page in sorted((book / "notebooks").glob("*.html")):
        html = page.read_text("utf-8")
        yield page, html[html.index("<article") : html.index("</article>")]


def test_each_chapter_that_the_text_names_is_a_link(book):
    count = 0
    for page, article in articles(book):
        words = " ".join(Text(article).words.split())
        own = page.name[:2].lstrip("0")
        found = re.findall(r"[Cc]hapter (\d+)\b(?!\.\d)", words)
        assert not [number for number in found if number != own], page.name
        count += article.count("chapter-link")
    assert count > 60


def test_the_glossary_leads_to_the_chapters(book):
    html = (book / "book" / "glossary.html").read_text("utf-8")
    links = re.findall(
        r'href="\.\./notebooks/(\d\d)_\w+\.html"[^>]*><span[^>]*>ch', html
    )
    assert len(links) > 100
    assert len(set(links)) == 10


def test_sections_and_formulas_of_a_chapter_are_numbered(book):
    formulas = 0
    for page, article in articles(book):
        if not page.name[:2].isdigit():
            continue
        chapter = int(page.name[:2])
        numbers = re.findall(r'<h2><span class="section-number">([\d.]+)\. ', article)
        assert numbers == [f"{chapter}.{n + 1}" for n in range(article.count("<h2>"))]
        assert len(numbers) > 5
        equations = re.findall(r'class="eqno">\(([\d.]+)\)<a [^>]*href="#', article)
        count = article.count('<div class="math')
        assert equations == [f"{chapter}.{n + 1}" for n in range(count)]
        formulas += count
    assert formulas > 10


def test_a_long_formula_never_covers_its_number(book, browser):
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto((book / "notebooks" / "04_attention.html").as_uri())
    for formula in page.locator("div.math").all():
        left = formula.locator(".formula").bounding_box()
        right = formula.locator(".eqno").bounding_box()
        assert left["x"] + left["width"] <= right["x"]
        assert right["x"] + right["width"] <= 360
    page.close()
