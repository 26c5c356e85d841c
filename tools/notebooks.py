"""Write notebooks/ from book/: take over the sources, execute, keep what is the same.

    python -m tools.notebooks                    every chapter
    python -m tools.notebooks 01_architecture    this one

The text in `book/` is the source. A cell's id is its place, no time and no version of
Python is stored, and a file is written only if its content changed, so a second run
changes nothing.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient

from companion import views

ROOT = Path(__file__).parents[1]
KEPT = {"kernelspec", "language_info"}
os.environ[views.BOOK] = "1"  # the page brings the script that draws the views


def sources() -> list[Path]:
    """The pages of `book/` that are notebooks: those with a jupytext header."""
    return [
        path
        for path in sorted((ROOT / "book").glob("*.md"))
        if path.read_text(encoding="utf-8").startswith("---\njupytext:")
    ]


def notebook_of(source: Path) -> Path:
    """Where the executed twin of `source` lies."""
    return ROOT / "notebooks" / f"{source.stem}.ipynb"


def executed(source: Path) -> str:
    """The executed notebook of `source` as the text of an `.ipynb` file."""
    notebook = jupytext.read(source)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"  # jupytext would make one up
    NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # what is printed may arrive in one part or in two
        resources={"metadata": {"path": ROOT / "notebooks"}},
    ).execute()
    notebook.metadata = {k: v for k, v in notebook.metadata.items() if k in KEPT}
    notebook.metadata["language_info"] = {"name": "python"}
    if notebook_of(source).exists():
        keep_views(notebook, nbformat.read(notebook_of(source), as_version=4))
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def keep_views(new: nbformat.NotebookNode, old: nbformat.NotebookNode) -> None:
    """Take each view over from `old` that shows the same as the one in `new`."""
    known = [data["text/html"] for data in _views(old)]
    for data in _views(new):
        same = [html for html in known if views.alike(html, data["text/html"])]
        data["text/html"] = same[0] if same else data["text/html"]


def _views(notebook: nbformat.NotebookNode) -> list[dict]:
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    every = [output.get("data", {}) for output in outputs]
    return [data for data in every if "data-packed" in data.get("text/html", "")]


def main(names: list[str]) -> None:
    """Execute the chapters called `names`, or all of them, two at a time."""
    chosen = [source for source in sources() if not names or source.stem in names]
    with ProcessPoolExecutor(max_workers=2) as pool:
        for source, text in zip(chosen, pool.map(executed, chosen), strict=True):
            target = notebook_of(source)
            changed = not target.exists() or target.read_text(encoding="utf-8") != text
            if changed:
                target.write_text(text, encoding="utf-8", newline="\n")
            word = "written" if changed else "unchanged"
            print(f"{target.relative_to(ROOT)}: {word}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
