"""Sphinx extension: make the front page inviting, out of plain Markdown.

Its table of chapters becomes a card for each, its picture a part of the page, whose
boxes are links and follow the page into the dark. What the notebook shows stays plain.
"""

from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx

from tools.sphinx_ext.thumbnails import DRAWINGS, thumbnail

PAGE = "notebooks/index"
PICTURE = "whole.svg"


class Row(NamedTuple):
    """A row of the table."""

    link: str
    title: str  # with the chapter's number
    about: str
    minutes: str
    is_short: bool  # whether the short path takes it in


def card(row: Row) -> str:
    """Return a row of the table as an item of a list, of which the title is a link."""
    chapter = Path(row.link).stem
    short = '<span class="card-short">short path</span>' if row.is_short else ""
    return (
        f'<li class="card-chapter">{thumbnail(chapter)}<div>'
        f'<a href="{escape(row.link)}">{escape(row.title)}</a>'
        f"<p>{escape(row.about)}</p>"
        f'<p class="card-time">{escape(row.minutes)} minutes {short}</p></div></li>'
    )


def rows(table: nodes.table) -> list[Row]:
    """Read the rows of a resolved table: number, chapter, what it is about, minutes."""
    found = []
    for row in next(table.findall(nodes.tbody)).children:
        number, chapter, about, minutes = row.children
        link = next(chapter.findall(nodes.reference))
        is_short = next(number.findall(nodes.strong), None) is not None
        title = f"{number.astext()}. {chapter.astext()}"
        words = about.astext(), minutes.astext()
        found.append(Row(link["refuri"], title, *words, is_short))
    return found


def _raw(html: str) -> nodes.raw:
    return nodes.raw("", html, format="html")


def _has_chapters(table: nodes.table) -> bool:
    links = [
        reference.get("refuri", "") for reference in table.findall(nodes.reference)
    ]
    return any(Path(link).stem in DRAWINGS for link in links)


def _change(app: Sphinx, tree: nodes.document, document: str) -> None:
    if document != PAGE or app.builder.format != "html":
        return
    for table in filter(_has_chapters, list(tree.findall(nodes.table))):
        items = "\n".join(map(card, rows(table)))
        table.replace_self(_raw(f'<ol class="cards">\n{items}\n</ol>'))
    for cell in list(tree.findall(nodes.container)):
        if "cell" in cell["classes"] and 'class="asked"' in cell.astext():
            cell.children.reverse()  # what it shows first, its folded code below
    for image in list(tree.findall(nodes.image)):
        if image["uri"].endswith(PICTURE):
            image.replace_self(
                _raw(_inlined(Path(app.srcdir, image["uri"]), image["alt"]))
            )


def _inlined(path: Path, alt: str) -> str:
    """Return a drawing as a part of the page, which has a name for those who listen."""
    name = (
        f'<svg class="whole" role="group" aria-label="{escape(" ".join(alt.split()))}"'
    )
    return path.read_text(encoding="utf-8").replace("<svg", name, 1)


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if page == PAGE:
        app.add_css_file("front-page.css")
        app.add_js_file("asked.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, bool]:
    """Change the front page when its links are known."""
    app.connect("doctree-resolved", _change)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
