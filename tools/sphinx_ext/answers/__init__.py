"""Sphinx extension: let readers answer in the page.

Each exercise gets a field, judged as in a notebook; each chapter's questions of recall
become buttons; and what a reader is to guess first waits until it is asked for (a cell
with the tag `guess-first`). The front page says which chapters are finished. Nothing is
sent anywhere.
"""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

from tools.sphinx_ext.answers import fields
from tools.sphinx_ext.answers.bundle import HERE, script
from tools.sphinx_ext.answers.questions import Recall

logger = logging.getLogger(__name__)

ASKS = ('class="answer"', 'class="recall"', "tag_guess-first")
SAYS = 'class="card-chapter"'  # on the front page


def _write(app: Sphinx) -> None:
    """Write the script and the styles; the keys are those of the book's own model."""
    if os.environ.get("COMPANION_MODEL"):
        logger.warning("COMPANION_MODEL is set: answers would be judged by that model")
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    styles = (HERE / "answers.css").read_text(encoding="utf-8")
    for name, text in (("answers.js", script()), ("answers.css", styles)):
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    body = context.get("body", "")
    asks = any(mark in body for mark in ASKS)
    if asks or SAYS in body:
        app.add_js_file("answers.js", loading_method="defer")
    if asks:
        app.add_css_file("answers.css")


def setup(app: Sphinx) -> dict[str, bool]:
    """Put in what is answered when a page is read, and the script on its HTML."""
    app.add_directive("recall", Recall)
    app.connect("builder-inited", _write)
    app.connect("doctree-read", fields.put_fields)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
