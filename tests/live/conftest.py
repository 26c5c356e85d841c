"""The built files of the model in the page, and a page with a panel of each kind."""

from types import SimpleNamespace

import pytest
from chromium import watch
from live_pages import FRAME, root

from tools.sphinx_ext import live


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder with the built files, and a page with a panel of each kind."""
    folder = tmp_path_factory.mktemp("live")
    live.write(SimpleNamespace(outdir=folder))
    panels = "".join(root(kind) for kind in live.KINDS)
    (folder / "index.html").write_text(FRAME.format(panels), "utf-8")
    return folder


@pytest.fixture
def page(browser, site):
    """The page, opened from a file; no error and no request elsewhere may come."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = watch(page, site.as_uri())
    page.goto((site / "index.html").as_uri())
    yield page
    page.close()
    assert problems == []


@pytest.fixture(scope="session")
def rounded_answerer():
    return live.answerer()


@pytest.fixture(scope="session")
def cased(embedded):
    """The tokenizer of the model in the page."""
    return embedded[0]
