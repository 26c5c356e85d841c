"""Sphinx extension: the whole book as one page, for paper (builder `singlehtml`).

Sphinx puts all chapters below one another, where ten headings are called "summary" and
each link to one leads to the first. Here each link leads to its own chapter. The page
has no menus and no scripts, but a cover and a table of contents.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders.singlehtml import SingleFileHTMLBuilder

from tools.chapters import chapter_of
from tools.sphinx_ext.sharing import description

TEMPLATE, STYLE = "one_page.html", "pdf.css"
LINK = re.compile(r"#document-([^#]+)#(.+)")
RAW_LINK = re.compile(r'href="([\w/.]+)\.html"')  # in HTML that no one resolves
START = re.compile(r'(<span id="document-([^"]+)"></span>)\s*(<section[^>]*)>')
ENLARGED = re.compile(r'<a class="[^"]*image-reference"[^>]*>(.*?)</a>', re.DOTALL)


def place(document: str, name: str) -> str:
    """Return an id of the one page: `name` alone may stand in several documents."""
    return f"{document}/{name}"


def nodes_of(node: nodes.Element, document: str) -> Iterator[tuple[nodes.Element, str]]:
    """Yield the elements below `node`, each with the document that it comes from."""
    for child in node.children:
        if isinstance(child, nodes.Element):
            is_file = isinstance(child, addnodes.start_of_file)
            inside = child["docname"] if is_file else document
            yield child, inside
            yield from nodes_of(child, inside)


def untangle(tree: nodes.document, document: str) -> None:
    """Give what links lead to an id that only it has, and let the links name it.

    Args:
        tree: all documents, as Sphinx inlines them.
        document: the name of the outermost one.
    """
    elements = list(nodes_of(tree, document))
    for element, inside in elements:
        if isinstance(element, nodes.reference) and element.get("refid"):
            element["refuri"] = f"#{place(inside, element['refid'])}"
            element["internal"] = True
            del element["refid"]
    wanted = {element.get("refuri") for element, _ in elements}
    for element, inside in elements:
        ids: list[str] = element.get("ids", [])
        own = [place(inside, name) for name in ids]
        element["ids"] = ids + [name for name in own if f"#{name}" in wanted]


class OnePage(SingleFileHTMLBuilder):
    """Sphinx's builder, whose page stands beside its pictures."""

    def get_outfilename(self, pagename: str) -> str:
        """Return where a page is written: the book at the folder's top."""
        name = "index" if pagename == self.config.root_doc else pagename
        return super().get_outfilename(name)

    def fix_refuris(self, tree: nodes.Node) -> None:
        """Let each link into another document lead to the place in this page."""
        for link in tree.findall(nodes.reference):
            if found := LINK.fullmatch(link.get("refuri", "")):
                link["refuri"] = f"#{place(*found.groups())}"

    def assemble_doctree(self) -> nodes.document:
        """Return all documents as one, whose links are alive."""
        tree = super().assemble_doctree()
        untangle(tree, self.config.root_doc)
        return tree


def for_paper(body: str, documents: dict[str, str]) -> str:
    """Return the page's words without links to files beside it.

    What marks the start of a document moves into it: alone it would take a page.

    Args:
        body: HTML.
        documents: the full names of the documents, by the name of their files.
    """

    def within(link: re.Match[str]) -> str:
        document = documents.get(Path(link[1]).name)
        return f'href="#document-{document}"' if document else link[0]

    body = START.sub(r'\3 data-document="\2">\1', body)
    return RAW_LINK.sub(within, ENLARGED.sub(r"\1", body))


def headings(titles: dict[str, str]) -> list[tuple[str, str]]:
    """Return each document with its title, as it stands above its pages."""
    numbers = {name: chapter_of(name) for name in titles}
    return [
        (name, f"{numbers[name]}. {title}" if numbers[name] else title)
        for name, title in titles.items()
    ]


def _change(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> str | None:
    if app.builder.name != "singlehtml" or page != app.config.root_doc:
        return None
    documents = {Path(name).name: name for name in app.env.found_docs}
    context["body"] = for_paper(context["body"], documents)
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    del titles[page]
    context |= {"about": description(tree), "headings": headings(titles)}
    app.add_css_file(STYLE, priority=900)  # after print.css
    return TEMPLATE


def setup(app: Sphinx) -> dict[str, bool]:
    """Take the place of Sphinx's builder."""
    app.add_builder(OnePage, override=True)
    app.connect("html-page-context", _change, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
