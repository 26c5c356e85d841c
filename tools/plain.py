"""Turn the book's MyST text into Markdown that any front end of Jupyter shows.

`book/` is written with roles and directives, which Sphinx turns into links, numbers and
boxes. A notebook has to read well in JupyterLab, in VS Code and on GitHub, where a role
is noise. So it gets plain Markdown, with the numbers, names and links written out.
"""

import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from tools import citations, recall
from tools.chapters import chapter_of

BOOK = Path(__file__).parents[1] / "book"
ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
TITLED = re.compile(r"(.*?)\s*<(.+)>")
LABEL = re.compile(r"^\(([\w-]+)\)=\n+(#+) (.*)", re.MULTILINE)
BOX = re.compile(r"^:::\{(note|tip|important|warning)\}\n(.*?)\n:::$", re.M | re.S)
PANEL = re.compile(r"^:::\{live\} [^\n]*\n(:[^\n]*\n)*(.*?)\n:::$", re.M | re.S)
DEFINITION = re.compile(r"^(\S.*)\n: +", re.MULTILINE)
FIGURE = re.compile(r"^ +figure:\n +name: (\S+)$", re.MULTILINE)

HERE = """\
*This page of the book "Inside BERT" computes with the book's package `companion`. Run
it in a clone of the book's repository, after `pip install -r requirements.txt` there,
or anywhere else after `pip install -e` with the path of that clone.*"""


@dataclass
class Place:
    """Where a label leads: a file, seen from `notebooks/`, and what stands there."""

    link: str
    title: str  # of the page or the section; of a figure, its number


@cache
def places() -> dict[str, Place]:
    """Return the place of each label, each figure, and each page, by its name."""
    found = {}
    for path in sorted(BOOK.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        is_notebook = text.startswith("---\njupytext:")
        page = f"{path.stem}.ipynb" if is_notebook else f"../book/{path.name}"
        found[path.stem] = Place(page, re.findall(r"^# (.*)$", text, re.M)[0])
        for label, level, heading in LABEL.findall(text):
            anchor = "" if level == "#" else "#" + heading.replace(" ", "-")
            found[label] = Place(page + anchor, heading)
        chapter = chapter_of(path.stem)
        for number, name in enumerate(FIGURE.findall(text), 1):
            title = f"Figure {chapter}.{number}" if chapter else f"Figure {number}"
            found[name] = Place(page, title)
    return found


def written_out(text: str, stem: str) -> str:
    """Return the MyST `text` of the page `stem` as plain Markdown.

    Raises:
        ValueError: if `text` has a role, a label or a directive that is not known.
    """
    text = recall.DIRECTIVE.sub(lambda found: recall.as_markdown(stem), text)
    text = LABEL.sub(r"\2 \3", text)
    text = BOX.sub(_box, text)
    text = PANEL.sub(_panel, text)
    text = DEFINITION.sub(_definition, text)
    text = ROLE.sub(lambda found: _role(found[1], found[2], stem), text)
    left = re.search(
        r"^[:`]{3,}\{.*|\{[a-z:]+\}`.*|^% .*|^\(.*\)=$", text, re.MULTILINE
    )
    if left:
        raise ValueError(f"book/{stem}.md: no plain Markdown is known for {left[0]}")
    return text


def _definition(found: re.Match[str]) -> str:
    """Return a term and the first line of what it means as an item of a list."""
    return f"- {found[1]} " if found[1].endswith("?") else f"- {found[1]}: "


def _box(found: re.Match[str]) -> str:
    """Return an admonition as a quotation that begins with its kind."""
    text = f"**{found[1].capitalize()}.** {found[2]}"
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _panel(found: re.Match[str]) -> str:
    """Return what a panel of the built book says, which a notebook does not have."""
    text = f"> **In the built book**, on your own words: {found[2]}"
    return text.replace("\n", "\n> ")


def _role(role: str, text: str, stem: str) -> str:
    words = " ".join(text.split())
    if role not in ROLES:
        raise ValueError(f"book/{stem}.md: the role {role} in {{{role}}}`{text}`")
    titled = TITLED.fullmatch(words)
    title, target = titled.groups() if titled else ("", words)
    return ROLES[role](title, target, stem)


def _term(title: str, target: str, stem: str) -> str:
    return f"*{title or target}*"


def _code(title: str, target: str, stem: str) -> str:
    short = target.rpartition(".")[2] if target.startswith("~") else target
    return f"`{title or short}`"


def _link(title: str, target: str, stem: str) -> str:
    if target not in places():
        raise ValueError(f"book/{stem}.md: nothing is called {target}")
    place = places()[target]
    link = place.link.removeprefix(f"{stem}.ipynb")
    return f"[{title or place.title}]({link})" if link else title or place.title


ROLES: dict[str, Callable[[str, str, str], str]] = {
    "cite": lambda title, target, stem: citations.in_brackets(target),
    "cite:t": lambda title, target, stem: citations.in_text(target),
    "doc": _link,
    "numref": _link,
    "py:class": _code,
    "py:func": _code,
    "py:meth": _code,
    "ref": _link,
    "term": _term,
}


def plain(page: NotebookNode, stem: str) -> list[NotebookNode]:
    """Return the cells of `page` for a notebook: plain text, captions, numbers, ids."""
    cells = []
    for cell in page.cells:
        if cell.cell_type == "markdown":
            cells.append(new_markdown_cell(written_out(cell.source, stem)))
            continue
        myst = cell.metadata.pop("mystnb", {})
        cells.append(cell)
        if "figure" in myst:
            if "image" in myst:  # a view is described by its caption
                _describe(cell, myst["image"]["alt"])
            cells.append(new_markdown_cell(_caption(myst["figure"], stem)))
    cells[0].source = _with_number(cells[0].source, stem)
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number:02}"  # nbformat would make one up
    return cells


def _with_number(text: str, stem: str) -> str:
    """Return a page's first cell with the chapter's number, and where to run it."""
    chapter = chapter_of(stem)
    title, _, rest = text.partition("\n")
    if chapter:
        title = title.replace("# ", f"# {chapter}. ", 1)
    return f"{title}\n\n{HERE}\n{rest}"


def _caption(figure: dict[str, str], stem: str) -> str:
    """Return a figure's number and caption as a line in italics."""
    words = written_out(" ".join(figure["caption"].split()), stem).replace("*", "")
    return f"*{places()[figure['name']].title}. {words}*"


def _describe(cell: NotebookNode, alt: str) -> None:
    """Store a picture's text, and half its pixels as its size: it is made for 2x."""
    for output in cell.outputs:
        if "image/png" in output.get("data", {}):
            width, height = _pixels(output.data["image/png"])
            size = {"width": round(width / 2), "height": round(height / 2)}
            output.metadata["image/png"] = {"alt": " ".join(alt.split()), **size}


def _pixels(png: str) -> tuple[int, int]:
    """Return width and height of a PNG in base64: they stand in its bytes 16 to 24."""
    start = b64decode(png[:32])
    return int.from_bytes(start[16:20]), int.from_bytes(start[20:24])
