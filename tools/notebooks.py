"""Write notebooks/ from book/: take over the sources, execute, keep what is the same.

    python -m tools.notebooks                    every chapter
    python -m tools.notebooks 01_architecture    this one

The text in `book/` is the source; a notebook has its code, and its words as plain
Markdown. A cell's id is its place, no time and no version of Python is stored, and a
file is written only if its content changed, so a second run changes nothing.
"""

import re
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from companion.views.packing import unpack
from tools import kernels, plain

ROOT = Path(__file__).parents[1]
EXECUTE = {
    "timeout": 300,
    "record_timing": False,
    "coalesce_streams": True,  # what is printed may arrive in one part or in two
}

COLOURS = re.compile(r"\x1b\[[\d;]*m")  # of a traceback, for a terminal


def sources() -> list[Path]:
    """Return the pages of `book/` that are notebooks: those with a jupytext header."""
    return [
        path
        for path in sorted((ROOT / "book").glob("*.md"))
        if path.read_text(encoding="utf-8").startswith("---\njupytext:")
    ]


def notebook_of(source: Path) -> Path:
    """Return where the executed twin of `source` lies."""
    return ROOT / "notebooks" / f"{source.stem}.ipynb"


def executed(source: Path) -> str:
    """Execute `source`; return its notebook as the text of an `.ipynb` file.

    Args:
        source: a page of `book/`.

    Raises:
        ValueError: if a figure that the source announces is missing, or a cell warns.
    """
    page = jupytext.read(source)
    with TemporaryDirectory() as folder:
        manager = kernels.manager(Path(folder))
        client = NotebookClient(page, manager, **EXECUTE)
        client.resources["metadata"] = {"path": notebook_of(source).parent}
        variables = kernels.environment(Path(folder))
        client.execute(env=variables, cleanup_kc=True)  # the kernel ends with its page
    faults = [f"{source.name}: {fault}" for fault in faults_of(page)]
    if faults:
        raise ValueError("\n".join(faults))
    return _as_text(page, source)


def faults_of(page: NotebookNode) -> Iterator[str]:
    """Yield what must not be stored: a figure that is not there, whatever warns."""
    for cell in page.cells:
        outputs = cell.get("outputs", [])
        first = cell.source.partition("\n")[0]
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        if figure and not any(_is_picture(output) for output in outputs):
            yield f"the figure {figure['name']} is missing after the cell {first!r}"
        for output in outputs:
            if output.get("name") == "stderr":
                yield f"the cell {first!r} writes to stderr: {output.text.strip()}"


def _is_picture(output: NotebookNode) -> bool:
    data = output.get("data", {})
    return "image/png" in data or "data-packed" in data.get("text/html", "")


def _as_text(page: NotebookNode, source: Path) -> str:
    notebook = nbformat.v4.new_notebook(cells=plain.plain(page, source.stem))
    notebook.metadata["kernelspec"] = page.metadata["kernelspec"]
    notebook.metadata["language_info"] = {"name": "python"}
    if notebook_of(source).exists():
        keep_views(notebook, nbformat.read(notebook_of(source), as_version=4))
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def keep_views(new: NotebookNode, old: NotebookNode) -> None:
    """Take each view over from `old` that shows the same as the one in `new`."""
    known = [data["text/html"] for data in _views(old)]
    for data in _views(new):
        same = [html for html in known if show_the_same(html, data["text/html"])]
        data["text/html"] = same[0] if same else data["text/html"]


def _views(notebook: NotebookNode) -> list[dict[str, str]]:
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    every = [output.get("data", {}) for output in outputs]
    return [data for data in every if "data-packed" in data.get("text/html", "")]


def show_the_same(one: str, other: str) -> bool:
    """Tell whether two views' HTML is equal but for a number on a rounding edge.

    Two machines differ in a weight's last digits, and two builds of zlib in how they
    compress, so the texts may differ where nothing that a reader sees does.
    """
    first, second = (
        html.split('data-packed="')[1].split('"')[0] for html in (one, other)
    )
    if one.replace(first, "") != other.replace(second, ""):
        return False
    (head, arrays), (other_head, other_arrays) = unpack(first), unpack(second)
    exact = set(head) - {"queries_steps", "keys_steps", "shares"}
    if any(head[name] != other_head.get(name) for name in exact):
        return False
    if arrays.keys() != other_arrays.keys():
        return False
    return all(
        (array.int() - other_arrays[name].int()).abs().max() <= 1
        for name, array in arrays.items()
        if name != "fine"
    )


def main(names: list[str]) -> None:
    """Execute the chapters called `names`, or all of them, two at a time.

    Raises:
        SystemExit: at the end, with what is wrong in those that were not written.
    """
    known = {source.stem: source for source in sources()}
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such chapter: {', '.join(sorted(unknown))}")
    chosen = [known[name] for name in names or known]
    with ProcessPoolExecutor(max_workers=2) as pool:
        runs = {source: pool.submit(executed, source) for source in chosen}
        refused = [_outcome(source, run) for source, run in runs.items()]
    if any(refused):
        raise SystemExit("\n".join(filter(None, refused)))


def _outcome(source: Path, run: Future[str]) -> str:
    """Write the notebook of `source`; where it must not be written, return why."""
    try:
        text = run.result()
    except (ValueError, CellExecutionError) as error:
        words = COLOURS.sub("", str(error))
        return f"{notebook_of(source).relative_to(ROOT)}: not written\n{words}"
    _write(notebook_of(source), text)
    return ""


def _write(target: Path, text: str) -> None:
    changed = not target.exists() or target.read_text(encoding="utf-8") != text
    if changed:
        target.write_text(text, encoding="utf-8", newline="\n")
    word = "written" if changed else "unchanged"
    print(f"{target.relative_to(ROOT)}: {word}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
