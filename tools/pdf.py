"""Print the whole book as one PDF, with Chromium: `make pdf`.

    python -m tools.pdf _build/singlehtml _build/inside-bert.pdf

Its argument is the folder of the one page that Sphinx's builder `singlehtml` makes. The
page is printed twice: the contents get their page numbers when these are known.
"""

import argparse
import logging
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page, sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    BooleanObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from companion import __version__

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = ("--no-sandbox", "--disable-gpu")
AUTHORS = "The authors of Inside BERT"
NUMBERED = """(entries, pages) => entries.forEach((entry, i) => {
  entry.dataset.page = pages[i];
})"""


def chromium() -> str:
    """Return the path of the Chromium that is installed.

    Raises:
        FileNotFoundError: if none is.
    """
    if path := next(filter(None, map(shutil.which, NAMES)), None):
        return path
    raise FileNotFoundError(f"to print, install one of {', '.join(NAMES)}")


def printed(page: Page) -> bytes:
    """Return an open page as PDF, with bookmarks, and with tags for screen readers."""
    return page.pdf(
        prefer_css_page_size=True, print_background=True, outline=True, tagged=True
    )


def entries(outline: DictionaryObject) -> Iterator[DictionaryObject]:
    """Yield all bookmarks below a bookmark or an outline, in their order."""
    entry = outline.get("/First")
    while entry is not None:
        bookmark = entry.get_object()
        yield bookmark
        yield from entries(bookmark)
        entry = bookmark.get("/Next")


def name_bookmarks(writer: PdfWriter, headings: list[str]) -> None:
    """Call a PDF's bookmarks as its headings are, and fold those within a chapter.

    Chromium repeats a heading's words where it moved the heading to the next page.

    Raises:
        ValueError: if there are more headings than bookmarks, or fewer.
    """
    root = writer.get_outline_root()
    bookmarks = list(entries(root))
    if len(bookmarks) != len(headings):
        raise ValueError(f"headings: {len(headings)}, with {len(bookmarks)} bookmarks")
    for bookmark, heading in zip(bookmarks, headings, strict=True):
        bookmark[NameObject("/Title")] = TextStringObject(heading)
        below = sum(other["/Parent"].get_object() is bookmark for other in bookmarks)
        is_open = bookmark["/Parent"].get_object() is root  # else a minus folds it
        if below:
            bookmark[NameObject("/Count")] = NumberObject(below if is_open else -below)


def first_pages(document: bytes, links: list[str]) -> list[int]:
    """Return the page, from 1, to which each of `links` leads, such as `#summary`."""
    reader = PdfReader(BytesIO(document))
    places = reader.named_destinations
    found = [places[f"/{unquote(link[1:])}"] for link in links]
    return [(reader.get_destination_page_number(place) or 0) + 1 for place in found]


def whole(folder: Path) -> bytes:
    """Return the book whose one page is in `folder` as PDF."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        # Without scripts, nothing waits to be asked for, and views are still pictures.
        page = browser.new_page(java_script_enabled=False)
        page.emulate_media(media="print", color_scheme="light")
        page.goto((folder / "index.html").resolve().as_uri())
        contents = page.locator(".book-contents a")
        links = [str(link.get_attribute("href")) for link in contents.all()]
        plain = page.pdf(prefer_css_page_size=True)  # the same pages, in half the time
        contents.evaluate_all(NUMBERED, first_pages(plain, links))
        headings = page.locator("h1, h2, h3, h4, h5, h6").all_inner_texts()
        document = printed(page)
        browser.close()
    return finished(document, [" ".join(text.split()) for text in headings])


def finished(document: bytes, headings: list[str]) -> bytes:
    """Return a PDF that says what it is, and opens with its bookmarks beside it."""
    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it copies some objects twice
    writer = PdfWriter(clone_from=BytesIO(document))
    name_bookmarks(writer, headings)
    writer.add_metadata({"/Author": AUTHORS, "/Subject": f"Version {__version__}"})
    writer.page_mode = "/UseOutlines"
    shown = {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(shown)
    result = BytesIO()
    writer.write(result)
    return result.getvalue()


def main() -> None:
    """Print the folder that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with the book's one page")
    parser.add_argument("target", type=Path, help="the PDF to write")
    arguments = parser.parse_args()
    document = whole(arguments.folder)
    arguments.target.write_bytes(document)
    pages = len(PdfReader(BytesIO(document)).pages)
    print(f"{arguments.target}: {pages} pages, {len(document) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
