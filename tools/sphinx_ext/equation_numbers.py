"""Sphinx extension: number the formulas of a chapter, so that one can cite "(4.3)"."""

from docutils import nodes
from sphinx.application import Sphinx

from tools.chapters import chapter_of


def _number(app: Sphinx, tree: nodes.document) -> None:
    """Number each formula with a line of its own that has no number yet."""
    if not (chapter := chapter_of(app.env.docname)):
        return
    formulas = list(tree.findall(nodes.math_block))
    for count, formula in enumerate(formulas, 1):
        formula["number"] = f"{chapter}.{count}"
        if not formula["ids"]:
            formula["ids"].append(f"equation-{chapter}-{count}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Number them when a document has been read."""
    app.connect("doctree-read", _number)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
