"""The number of a chapter, with which the name of its file begins."""

import re


def chapter_of(name: str) -> int | None:
    """Return the number in the name of a chapter's file or document, or None."""
    number = re.search(r"(?:^|/)(\d\d)_[^/]*$", name)
    return int(number[1]) if number else None
