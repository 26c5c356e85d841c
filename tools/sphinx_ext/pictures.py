"""Sphinx extension: let a picture come first, and let it be looked at closely.

A cell that only calls one of `companion.figures` says nothing that its picture does
not: its code is folded below. And a picture opens as large as the screen, by
`book/_static/enlarge.js`; without scripts the link around it opens the file.
"""

import ast
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

SCRIPT = "enlarge.js"
FOLD = '<details class="drawn-by"><summary>Code of this figure</summary>'


def only_draws(code: str) -> bool:
    """Tell whether a cell is nothing but `ax = figures.name(...)`."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # a magic of IPython
        return False
    if len(statements) != 1 or not isinstance(statements[0], ast.Assign):
        return False
    call = statements[0].value
    return isinstance(call, ast.Call) and ast.unparse(call.func).startswith("figures.")


class FoldDrawing(SphinxPostTransform):
    """Move the code of a cell that only draws into a fold below its picture."""

    default_priority = 198  # before MyST-NB hides what a tag says is to be hidden
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through all cells of a page."""
        for cell in self.document.findall(nodes.container):
            if cell.get("nb_element") == "cell_code" and len(cell) == 2:
                code, output = cell.children
                if only_draws(code.astext()) and any(output.findall(nodes.figure)):
                    fold, end = (_raw(html) for html in (FOLD, "</details>"))
                    cell.children = [output, fold, code, end]


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if "image-reference" in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Fold when a page is written, and name the script where there is a picture."""
    app.add_post_transform(FoldDrawing)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
