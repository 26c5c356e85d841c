"""The PDF's bookmarks have their headings' words, and are folded within chapters."""

import pytest
from pypdf import PdfWriter

from tools import pdf


@pytest.fixture
def book():
    """A book of one chapter with a section, named as Chromium names them."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    top = writer.add_outline_item(title="BookBook", page_number=0)
    chapter = writer.add_outline_item(title="1. 1. OneOne", page_number=0, parent=top)
    writer.add_outline_item(title="1.1. In it", page_number=0, parent=chapter)
    return writer


def test_a_bookmark_is_called_as_its_heading_is(book):
    pdf.name_bookmarks(book, ["Book", "1. One", "1.1. In it"])
    marks = list(pdf.entries(book.get_outline_root()))
    assert [mark["/Title"] for mark in marks] == ["Book", "1. One", "1.1. In it"]


def test_only_what_is_within_a_chapter_is_folded(book):
    pdf.name_bookmarks(book, ["Book", "1. One", "1.1. In it"])
    top, chapter, section = pdf.entries(book.get_outline_root())
    assert [mark["/Count"] for mark in (top, chapter, section)] == [1, -1, 0]


def test_a_heading_without_a_bookmark_is_reported(book):
    with pytest.raises(ValueError, match="headings: 2, with 3 bookmarks"):
        pdf.name_bookmarks(book, ["Book", "1. One"])


def test_without_a_browser_its_names_are_said(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(FileNotFoundError, match="install one of chromium,"):
        pdf.chromium()
