"""The built files of the model in the page, and a page with a panel of each kind."""

from types import SimpleNamespace

import pytest
from live_pages import FRAME, opened, root
from shared import written_once

from tools.sphinx_ext import live


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder with the built files, and a page with a panel of each kind."""
    return written_once(tmp_path_factory, "live", written)


def written(folder):
    """Write them to `folder`."""
    live.write(SimpleNamespace(outdir=folder))
    panels = "".join(root(kind) for kind in live.KINDS)
    (folder / "index.html").write_text(FRAME.format(panels), "utf-8")


@pytest.fixture
def page(browser, site):
    """The page for one test alone: nothing is loaded, nothing was asked."""
    with opened(browser, site) as page:
        yield page


@pytest.fixture(scope="session")
def rounded_answerer():
    return live.answerer()


@pytest.fixture(scope="session")
def cased(embedded):
    """The tokenizer of the model in the page."""
    return embedded[0]
