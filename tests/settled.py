"""Hypothesis strategy: any text whose characters Unicode has long classed as now."""

import unicodedata

from hypothesis import strategies as st


def kind(category):
    """What BERT asks about a character's category."""
    if category in ("Cc", "Cf", "Co"):
        return "dropped"
    return category if category == "Mn" else category[0] == "P"


def is_settled(character):
    """Tell whether Unicode has long classed the character as it does now.

    The library's tables are those of Unicode 8, ours those of this Python.
    """
    long_ago = unicodedata.ucd_3_2_0.category(character)
    return kind(long_ago) == kind(unicodedata.category(character))


settled_text = st.text(st.characters(codec="utf-8").filter(is_settled))
