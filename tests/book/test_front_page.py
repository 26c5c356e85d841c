"""The front page lists every chapter, and the time that the chapter itself names."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
CONTENTS = (BOOK.parent / "_toc.yml").read_text("utf-8")
CHAPTERS = re.findall(r"notebooks/(\d\d_\w+)", CONTENTS)
ROW = re.compile(
    r"^\| (\*\*)?(\d+)(?:\*\*)? \| \{doc\}`(\w+)` \|.*\| (\d+) \|$", re.MULTILINE
)
ROWS = {row[2]: row for row in ROW.findall((BOOK / "index.md").read_text("utf-8"))}


def minutes(chapter):
    """What a chapter says of its time, with the exercises, before its first cell."""
    text = (BOOK / f"{chapter}.md").read_text("utf-8").partition("```{code-cell}")[0]
    return re.search(r"About\s+(\d+)\s+minutes", text)


def test_each_chapter_has_a_row():
    assert list(ROWS) == CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_row_has_the_chapters_own_number_and_time(chapter):
    _, number, _, time = ROWS[chapter]
    assert int(number) == int(chapter[:2])
    said = minutes(chapter)
    assert said, "a chapter says: About NN minutes with the exercises"
    assert said[1] == time


def test_the_short_path_is_in_bold_and_takes_three_hours_to_read():
    short = {name: int(time) for bold, _, name, time in ROWS.values() if bold}
    assert [name[:2] for name in short] == ["01", "04", "06", "07"]
    assert sum(short.values()) / 2 == pytest.approx(180, abs=30)
