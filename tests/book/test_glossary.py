"""The glossary says where a term is explained, and knows the names that others use."""

import re
from pathlib import Path

import pytest

BOOK = Path(__file__).parents[2] / "book"
LIST = (BOOK / "glossary.md").read_text("utf-8").split(":sorted:\n\n")[1]
ENTRIES = dict(re.findall(r"^(\S.*)\n((?:  .*\n)+)", LIST, re.MULTILINE))
TEXTS = {int(path.name[:2]): path for path in BOOK.glob("[0-9][0-9]_*.md")}
OTHERS = ["subword", "MLP", "transformer block", "interpretability", "self-attention"]
OTHERS += ["backpropagation", "hidden state", "tokenization", "skip connection"]


def test_it_has_the_names_that_others_use():
    assert len(ENTRIES) > 100
    assert set(OTHERS) <= set(ENTRIES)


@pytest.mark.parametrize("term", ENTRIES)
def test_an_entry_ends_with_a_chapter_that_speaks_of_it(term):
    """By its own name, or by a name in the entry, of which it is a synonym."""
    chapter = re.search(r"→ chapter (\d+)\n$", ENTRIES[term])
    assert chapter, "an entry ends: → chapter N"
    text = " ".join(TEXTS[int(chapter[1])].read_text("utf-8").lower().split())
    names = re.findall(r"\{term\}`(?:[^`<]*<)?([^`>]+)>?`", ENTRIES[term])
    stems = [name.lower().removesuffix("s") for name in [term, *names]]
    assert any(stem in text for stem in stems), stems
