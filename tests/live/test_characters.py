"""What the tokenizer does with each character."""

import unicodedata

import pytest

from companion.live import characters


@pytest.fixture(scope="module")
def found(cased):
    ranges = characters.classes(cased, range(0x2000))
    return {kind: points(some) for kind, some in ranges.items()}


def points(ranges):
    return {point for first, last in ranges for point in range(first, last + 1)}


def test_the_classes_are_what_chapter_2_says(found):
    assert {ord(c) for c in " \t\n\r\u00a0"} <= found["space"]
    assert {ord(c) for c in "\0\u00ad\u200b"[:2]} <= found["dropped"]
    assert {ord(c) for c in "!'$+^`~«»¿"} <= found["apart"]
    assert not {ord(c) for c in "aZ09é€£"} & set().union(*found.values())


def test_points_that_follow_one_another_are_a_range():
    assert characters.ranges("fabce") == [(97, 99), (101, 102)]
    assert characters.ranges("") == []


@pytest.mark.slow
def test_what_is_not_asked_about_is_for_private_use_or_not_assigned(cased):
    rest = sorted(set(range(0xE000, 0x110000)) - set(characters.ASKED))
    ranges = characters.classes(cased, rest)
    private = points(characters.PRIVATE)
    assert points(ranges["dropped"]) == private
    assert ranges["space"] == ranges["apart"] == []
    assert all(unicodedata.category(chr(p)) in ("Co", "Cn") for p in rest)
