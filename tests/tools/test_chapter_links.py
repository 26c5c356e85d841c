"""Which numbers in the text lead to a chapter."""

import pytest

from tools.sphinx_ext.chapter_links import pieces

CHAPTERS = {number: f"notebooks/{number:02}_x" for number in range(1, 11)}


def links(text):
    found = list(pieces(text, CHAPTERS))
    assert "".join(words for words, _ in found) == text  # nothing is lost
    return [(words, int(document[10:12])) for words, document in found if document]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("as in chapter 4. Then", [("chapter 4", 4)]),
        ("Chapter 10 counts", [("Chapter 10", 10)]),
        ("(chapters 8 and 9)", [("8", 8), ("9", 9)]),
        ("chapters 1, 4, 6 and 7 (their", [("1", 1), ("4", 4), ("6", 6), ("7", 7)]),
        ("vectors of chapters 2 to 5:", [("2", 2), ("5", 5)]),
        ("in chapter 1, 4 more", [("chapter 1", 1)]),
        ("chapter 3\nand 2.5", [("chapter 3", 3)]),
        ("chapter 4, and 81 tokens", [("chapter 4", 4)]),
        ("chapter 11 is not written", []),
        ("4 chapters, 5 pages", []),
        ("chapter 4.2", []),
        ("no number", []),
    ],
)
def test_a_chapter_that_is_named_is_a_link(text, found):
    assert links(text) == found
