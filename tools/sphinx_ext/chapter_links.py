"""Sphinx extension: make a link of each "chapter 4" in the text; "chapters 2 to 5" too.

A chapter's number is the one that its file's name begins with. What is a link already,
a heading or code stays as it is, and so does a chapter's mention of itself.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx

from tools.chapters import chapter_of

NUMBER = r"\d{1,2}(?![\d.]*\d|\w| %)"
AND = r"(?:,|,? and|,? or| to|–)\s+"
MENTION = re.compile(rf"\b[Cc]hapter(?:\s+{NUMBER}|s\s+{NUMBER}(?:{AND}{NUMBER})*)")
PLACE = re.compile(rf"[Cc]hapter\s+{NUMBER}|{NUMBER}")  # one link each
CLOSED = (
    nodes.reference,
    addnodes.pending_xref,
    nodes.title,
    nodes.FixedTextElement,
    nodes.literal,
    nodes.raw,
    nodes.comment,
)


def pieces(text: str, chapters: dict[int, str]) -> Iterator[tuple[str, str]]:
    """Yield the parts of `text`, each with the document that it leads to, or "".

    Args:
        text: of a paragraph or a part of it.
        chapters: the documents, by number; other numbers stay text.
    """
    start = 0
    for mention in MENTION.finditer(text):
        for place in PLACE.finditer(text, mention.start(), mention.end()):
            number = int(re.findall(r"\d+", place[0])[0])
            if number in chapters:
                yield text[start : place.start()], ""
                yield place[0], chapters[number]
                start = place.end()
    yield text[start:], ""


def _link(words: str, document: str, here: str) -> addnodes.pending_xref:
    target = {"reftype": "doc", "refdomain": "std", "reftarget": f"/{document}"}
    more = {"refdoc": here, "refexplicit": True, "refwarn": True}
    return addnodes.pending_xref(
        words, nodes.inline(words, words), classes=["chapter-link"], **target, **more
    )


def _is_open(text: nodes.Text) -> bool:
    node = text.parent
    while node is not None:
        if isinstance(node, CLOSED):
            return False
        node = node.parent
    return True


def _joined(element: nodes.TextElement) -> None:
    """Make one of texts that stand side by side: MyST has one for each line."""
    children: list[nodes.Node] = []
    for is_text, group in groupby(element, lambda node: isinstance(node, nodes.Text)):
        several = list(group)
        text = "".join(node.astext() for node in several)
        children += [nodes.Text(text)] if is_text else several
    element.children = []
    element.extend(children)


def _add_links(app: Sphinx, tree: nodes.document) -> None:
    here = app.env.docname
    numbers = {name: chapter_of(name) for name in app.env.found_docs if name != here}
    chapters = {number: name for name, number in numbers.items() if number}
    for element in list(tree.findall(nodes.TextElement)):
        _joined(element)
    for text in filter(_is_open, list(tree.findall(nodes.Text))):
        parts = list(pieces(text.astext(), chapters))
        if len(parts) > 1:
            new = [_link(p, to, here) if to else nodes.Text(p) for p, to in parts if p]
            text.parent.replace(text, new)


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the links when a document has been read, before links are resolved."""
    app.connect("doctree-read", _add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
