"""What a page says of itself: in a preview, in its footer, and where nothing is."""

import re
from html import unescape
from pathlib import Path

import pytest
from axe import MODERATE
from chromium import barriers
from jupyter_book.config import get_final_config
from matplotlib.image import imread

from companion import __version__
from tools.sphinx_ext import sharing

CONFIG = Path(__file__).parents[2] / "_config.yml"
BASE = "https://example.org/book/"


def named(html):
    """The names and contents of the meta tags of a page."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html)
    return {name: unescape(text) for name, text in found}


@pytest.mark.slow
def test_each_page_has_a_preview_of_its_own(book):
    pages = [*(book / "notebooks").glob("*.html"), *(book / "book").glob("*.html")]
    assert len(pages) > 15
    texts = {page.name: named(page.read_text("utf-8")) for page in pages}
    for name, tags in texts.items():
        assert 30 < len(tags["description"]) <= sharing.LONGEST + 2, name
        assert tags["description"] == tags["og:description"]
        assert not tags["description"].startswith("What you")
        assert not re.search(r"<|&\w+;", tags["og:title"]), name
        assert "og:url" not in tags  # the book has no address, and none is invented
    assert len({tags["og:title"] for tags in texts.values()}) == len(pages)
    assert len({tags["description"] for tags in texts.values()}) == len(pages)


@pytest.mark.slow
def test_the_picture_of_the_preview_is_there_in_the_size_asked_for(book):
    front = book / "notebooks" / "index.html"
    tags = named(front.read_text("utf-8"))
    path = (front.parent / tags["og:image"]).resolve()
    height, width, _ = imread(path).shape
    assert (width, height) == sharing.SIZE
    assert (tags["og:image:width"], tags["og:image:height"]) == ("1200", "630")
    assert path.stat().st_size < 200_000


@pytest.mark.slow
def test_the_address_of_the_folder_leads_on_and_has_the_same_preview(book, browser):
    text = (book / "index.html").read_text("utf-8")
    front = named((book / "notebooks" / "index.html").read_text("utf-8"))
    for name in ("og:title", "og:description", "description"):
        assert named(text)[name] == front[name]
    page = browser.new_page()
    page.goto((book / "index.html").as_uri())
    page.wait_for_url("**/notebooks/index.html")
    page.close()


@pytest.mark.slow
def test_the_footer_has_licences_and_version_and_no_invented_address(book):
    text = (book / "notebooks" / "04_attention.html").read_text("utf-8")
    for words in (f"Version {__version__}", "CC BY 4.0", "MIT", "Apache 2.0"):
        assert words in text
    assert "Report a fault" not in text
    assert "executablebooks" not in text


def test_the_configurations_addresses_arrive(tmp_path):
    text = CONFIG.read_text("utf-8")
    filled = text.replace('repository_url: ""', "repository_url: a")
    (tmp_path / "_config.yml").write_text(filled.replace('baseurl: ""', "baseurl: b"))
    asked = {"latex_individualpages": False}  # as the command does
    settings, _ = get_final_config(user_yaml=tmp_path / "_config.yml", cli_config=asked)
    assert settings["html_theme_options"]["repository_url"] == "a"
    assert settings["html_baseurl"] == "b"


def test_with_a_repository_the_footer_says_where_to_report_a_fault():
    text = sharing.footer("https://example.org/x/")
    assert 'href="https://example.org/x/issues">Report a fault' in text


@pytest.mark.parametrize("base", [BASE, BASE.rstrip("/")])
def test_with_an_address_the_preview_names_it(base):
    places = [sharing.absolute(base, name) for name in ("a.png", "b.html")]
    html = sharing.tags("A & B", 'Says "x".', "Book", *places)
    tags = named(html)
    assert tags["og:url"] == "https://example.org/book/b.html"
    assert tags["og:image"] == "https://example.org/book/a.png"
    assert tags["og:title"] == "A & B"
    assert tags["og:description"] == 'Says "x".'


@pytest.mark.slow
@pytest.mark.parametrize("missing", ["notebooks/chapter_4.html", "book/x/y.html"])
def test_what_is_not_there_leads_back(book, browser, missing):
    """As a server does it: the page stands at whatever address was asked for."""
    text = (book / "404.html").read_text("utf-8")
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body=text, content_type="text/html"))
    page.goto(f"{BASE}{missing}")
    links = page.evaluate("[...document.links].map((link) => link.href)")
    assert links[0] == f"{BASE}notebooks/index.html"
    assert f"{BASE}book/glossary.html" in links
    for link in links:
        assert (book / link.removeprefix(BASE)).is_file(), link
    assert barriers(page, impacts=MODERATE) == []
    page.close()
