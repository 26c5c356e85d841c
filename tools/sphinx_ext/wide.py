"""Sphinx extension: let the edge of a box fade where it hides something.

Code, formulas and tables that are wider than the page scroll in their boxes. A script,
which the views have too, marks the edges; `inside-bert.css` lets them fade.
"""

from importlib import resources
from pathlib import Path

from sphinx.application import Sphinx

from companion import views
from companion.views.runtime import scoped

FILE = "wide.js"
BOXES = ".bd-content :is(pre, .formula, .pst-scrollable-table-container)"


def script() -> str:
    """Return the views' module, and the call that marks the boxes of a page."""
    module = resources.files(views).joinpath(FILE).read_text(encoding="utf-8")
    call = f'markEdges([...document.querySelectorAll("{BOXES}")]);'
    return f"(() => {{\n{scoped(module)}\n{call}\n}})();\n"


def _write(app: Sphinx) -> None:
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_text(script(), encoding="utf-8", newline="\n")
    app.add_js_file(FILE, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the script before the pages, and name it on each."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
