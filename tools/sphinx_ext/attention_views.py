"""Sphinx extension: give the pages with views the script that draws them, one file.

The script's parts are read from the installed packages when the book is built, so the
repository holds no copy of them, and a page loads nothing from another host.
"""

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from companion.views.runtime import script

FILE = "attention-views.js"


def _write(app: Sphinx) -> None:
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(script(), encoding="utf-8", newline="\n")


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if 'class="attention-view"' in context.get("body", ""):
        app.add_js_file(FILE, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the script before the pages, and name it on those that need it."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
