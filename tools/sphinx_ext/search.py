"""Sphinx extension: what the search page reads, section by section, as a script.

Sphinx ranks whole pages by their titles, and fetches a page to show an excerpt of it,
which no browser allows in a book that was opened from a file. Here the texts come along
as one script that only the search page loads; `search-ranking.js` finds the best.
"""

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from tools.chapters import chapter_of
from tools.sphinx_ext.sharing import plain

FILE = "search-texts.js"
SILENT = {
    *("script", "style", "svg", "math", "template"),
    *("button", "form", "noscript", "summary"),  # what one can do, not what is said
}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "col", "wbr"}
FRONT = "notebooks/index"


@dataclass
class Part:
    """A section of a page, an entry of the glossary, or a function of the companion."""

    anchor: str
    kind: str  # "section", "term" or "function"
    title: str = ""
    text: str = ""
    code: str = ""

    def add(self, tags: list[str], data: str) -> None:
        """Put words where they belong, by the elements that they stand in."""
        in_heading = any(re.fullmatch("h[1-6]", tag) for tag in tags)
        in_term = self.kind == "term" and tags[-1] == "dt"
        if in_heading or in_term:
            self.title += data
        elif "pre" in tags:
            self.code += data
        else:
            self.text += data


@dataclass
class Open:
    """An element that has begun: its name, and the part that ends with it, if any."""

    tag: str
    part: Part | None = None


class Reader(HTMLParser):
    """Take the parts out of the body of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self.open: list[Open] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Begin a part at a section, at a term, and at a function."""
        about = dict(attributes)
        if tag in VOID:
            return
        self.open.append(Open(tag, self._begun(tag, about)))
        is_link = "headerlink" in (about.get("class") or "")
        if self.silent or tag in SILENT or is_link:
            self.silent += 1

    def _begun(self, tag: str, about: dict[str, str]) -> Part | None:
        anchor = about.get("id") or ""
        part = None
        if tag == "section":
            part = Part(anchor, "section")
        elif tag == "dt" and anchor.startswith("term-"):
            part = Part(anchor, "term")
        elif tag == "dt" and anchor.startswith("companion"):
            part = Part(anchor, "function", title=anchor)
        if part:
            self.parts.append(part)
        return part if tag == "section" else None

    def handle_endtag(self, tag: str) -> None:
        """End what is open up to `tag`."""
        while tag not in VOID and self.open:
            self.silent = max(0, self.silent - 1)
            if self.open.pop().tag == tag:
                break

    def handle_data(self, data: str) -> None:
        """Add words to the innermost section, or to the entry that began last in it."""
        sections = [element.part for element in self.open if element.part]
        if self.silent or not sections:
            return
        is_entry = any(element.tag in ("dt", "dd") for element in self.open)
        part = self.parts[-1] if is_entry else sections[-1]
        part.add([element.tag for element in self.open], data)


def parts(body: str) -> list[Part]:
    """Return the parts of a page, in order, their words with single spaces between."""
    reader = Reader()
    reader.feed(body)
    for part in reader.parts:
        for name in ("title", "text", "code"):
            setattr(part, name, " ".join(getattr(part, name).split()))
    return [part for part in reader.parts if part.title]


@dataclass
class Pages:
    """What has been read of the pages so far."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, page: str, title: str, body: str) -> None:
        """Take a page in: its address, title, chapter, and parts."""
        rows = [
            [part.anchor, part.kind, part.title, part.text, part.code]
            for part in parts(body)
        ]
        self.found[page] = {
            "link": f"{page}.html",
            "title": title,
            "chapter": chapter_of(page),
            "parts": rows,
        }

    def script(self) -> str:
        """Return the pages as a script; chapters first, the front page last."""
        names = sorted(self.found, key=lambda name: (name == FRONT, name))
        pages = json.dumps([self.found[name] for name in names], ensure_ascii=False)
        return f"globalThis.searchTexts = {pages};\n"


def setup(app: Sphinx) -> dict[str, bool]:
    """Read each page when it is written, and write the script at the end."""
    pages = Pages()

    def read(
        app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
    ) -> None:
        if tree:
            pages.add(page, plain(context["title"]), context["body"])

    def write(app: Sphinx, error: Exception | None) -> None:
        if not error and app.builder.format == "html":
            path = Path(app.outdir, "_static", FILE)
            path.write_text(pages.script(), encoding="utf-8", newline="\n")

    app.connect("html-page-context", read)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
