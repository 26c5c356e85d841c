"""The built pages, as text and in a real browser, wide and narrow, light and dark."""

import contextlib
import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ["chromium", "google-chrome"])), None)
BUILD = [Path(sys.executable).with_name("jupyter-book"), "build"]
BUILD += ["-W", "-n", "--keep-going"]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of the HTML pages, built strictly from the stored outputs."""
    folder = tmp_path_factory.mktemp("book")
    build = subprocess.run(
        [*BUILD, "--path-output", folder, ROOT],
        capture_output=True,
        text=True,
    )
    assert build.returncode == 0, build.stdout[-3000:] + build.stderr[-3000:]
    return folder / "_build" / "html"


def pages(book):
    return [p for p in sorted(book.rglob("*.html")) if "_static" not in p.parts]


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None and not ("CI" in os.environ and sys.platform == "linux"):
        pytest.skip("no Chromium here; .ci/run installs one and runs this")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)


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


def test_formulas_are_mathml(book):
    chapter = (book / "notebooks" / "01_architecture.html").read_text("utf-8")
    assert chapter.count("<math ") >= 4
    assert not re.search(r"<script[^>]*mathjax", chapter, re.IGNORECASE)


def test_no_page_is_larger_than_it_should_be(book):
    for page in pages(book):
        pictures = re.findall(r'<img[^>]*src="([^"]+)"', page.read_text("utf-8"))
        files = {(page.parent / picture).resolve() for picture in pictures}
        weight = page.stat().st_size + sum(f.stat().st_size for f in files)
        assert weight < 1_500_000, page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("served", [False, True], ids=["file", "served"])
def test_each_page_in_a_browser(book, browser, width, scheme, served):
    with address(book, served) as base:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme
        )
        for path in pages(book):
            page = context.new_page()
            problems = watch(page, base)
            page.goto(f"{base}/{path.relative_to(book).as_posix()}")
            page.wait_for_load_state("networkidle")
            assert problems == [], path
            scrolled = page.evaluate("document.documentElement.scrollWidth")
            assert scrolled <= width, path
            unread = page.evaluate(
                "[...document.images].filter(i => !i.naturalWidth || !i.alt).length"
            )
            assert unread == 0, path
            page.close()
        context.close()


def watch(page, base):
    """A list that grows by each error, and by each request to another host."""
    problems = []

    def on_console(message):
        if message.type == "error":
            problems.append(message.text)

    def on_request(request):
        if not request.url.startswith((base, "data:")):
            problems.append(request.url)

    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", on_console)
    page.on("request", on_request)
    return problems


@contextlib.contextmanager
def address(book, served):
    """The book's address: its folder, or a server on this machine."""
    if not served:
        yield book.as_uri()
        return
    handler = functools.partial(Quiet, directory=book)
    with http.server.ThreadingHTTPServer(("localhost", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass
