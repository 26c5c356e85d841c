"""Sphinx extension: build a chapter's page from `book/` and the stored outputs.

A notebook has plain Markdown, for those who open it in a front end of Jupyter. The page
has more: cross-references, numbered figures, links into the glossary. So Sphinx reads
the MyST source of `book/`, with the outputs that the notebook has and pytest compares.
The notebook itself is what the page offers for download.
"""

from pathlib import Path

import jupytext
import nbformat
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def page(source: str, stored: str) -> nbformat.NotebookNode:
    """Return the notebook `source` (MyST) with the outputs of `stored` (JSON).

    Raises:
        ValueError: if the two have not the same code.
    """
    notebook, executed = jupytext.reads(source, "md:myst"), nbformat.reads(stored, 4)
    ours, theirs = (
        [cell for cell in cells if cell.cell_type == "code"]
        for cells in (notebook.cells, executed.cells)
    )
    if [cell.source for cell in ours] != [cell.source for cell in theirs]:
        raise ValueError("the notebook has other code than book/; run make notebooks")
    for cell, run in zip(ours, theirs, strict=True):
        cell.outputs, cell.execution_count = run.outputs, run.execution_count
    notebook.metadata = executed.metadata
    return notebook


def _read(app: Sphinx, document: str, content: list[str]) -> None:
    path = Path(app.srcdir, "book", f"{Path(document).name}.md")
    if not document.startswith("notebooks/") or not path.exists():
        return
    app.env.note_dependency(str(path))
    try:
        notebook = page(path.read_text(encoding="utf-8"), content[0])
        content[0] = nbformat.writes(notebook)
    except ValueError as error:
        logger.warning("%s", error, location=document)


def setup(app: Sphinx) -> dict[str, bool]:
    """Exchange the words when Sphinx reads a notebook."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
