"""Sphinx extension: give the pages with views the script that draws them, one file.

Each view gets a still picture too, which the script replaces: where no script runs, and
on paper before one did, there is something to see.
"""

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from companion.views.runtime import script
from tools.sphinx_ext.still_views import shown, still

FILE = "attention-views.js"
# The element of a view, and in it what is shown and that a script draws it.
VIEW = re.compile(
    r'(<div class="attention-view"[^>]* data-packed="([\w+/=]+)"[^>]*>)'
    r"<p>([^<]*)\. The picture is drawn by a script:[^<]*</p>"
)


def _write(app: Sphinx) -> None:
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(script(), encoding="utf-8", newline="\n")


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if 'class="attention-view"' not in context.get("body", ""):
        return
    app.add_js_file(FILE, loading_method="defer")
    context["body"] = with_stills(context["body"])


def with_stills(body: str) -> str:
    """Return a page's words with a picture in each view."""
    return VIEW.sub(_with_still, body)


def _with_still(view: re.Match[str]) -> str:
    start, packed, words = view.groups()
    said = f"{words}. This is a still picture of {shown(packed)}; scripts make it move."
    return f"{start}{still(packed)}<p>{said}</p>"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the script before the pages, and name it on those that need it."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
