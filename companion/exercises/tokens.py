"""Chapter 2's exercises: cut a word, write types, count padding, learn three pieces."""

from companion.exercises.verdicts import Check, Items, Number


@Check
def check_pieces() -> Items:
    """Check the pieces of "museums" in a vocabulary of seven."""
    hints = [
        (["mu", "##se", "##um", "##s"], "`muse` fits too, and it is longer than `mu`."),
        (["muse", "##u", "##m", "##s"], "`##um` fits too, and is longer than `##u`."),
        (["muse", "um", "s"], "A piece that continues a word is written with ##."),
        (["muse", "##ums"], "`##ums` is not in this vocabulary."),
    ]
    return Items(["muse", "##um", "##s"], hints, "From the left, the longest first.")


@Check
def check_types() -> Items:
    """Check the types for a question of three tokens and a context of four."""
    hints = [
        ([0] * 3 + [1] * 4, "[CLS] and the two [SEP] have types as well."),
        (
            [0] * 4 + [1] * 5,
            "There are three special tokens: one first, one between, one last.",
        ),
        ([0] * 4 + [1] * 6, "The first [SEP] still belongs to the question."),
        ([1] * 5 + [0] * 5, "The other way round: the question comes first, with 0."),
    ]
    return Items(
        [0] * 5 + [1] * 5,
        hints,
        "Write the ten tokens down, the special ones too.",
    )


@Check
def check_padded() -> Number:
    """Check the padding where texts of 10, 7 and 4 tokens share a table."""
    hints = {
        30: "That is the whole table: three rows of ten.",
        21: "Those are the tokens that are read. What is left of the table?",
        20: "The longest row decides: all rows become as long as the one of 10.",
    }
    return Number(9, hints, "All rows become as long as the longest.")


@Check
def check_first_pieces() -> Items:
    """Check the first three pieces that are learned from five words."""
    hints = [
        (["ca", "cat", "an"], "A piece that continues a word is written with ##."),
        (["ca", "##an", "cat"], "Count again: `can` has no `##a` `##n` any longer."),
        (["ca", "##at", "##an"], "`##a` is no longer in `cat`: `ca` is one piece now."),
        (["c", "##a", "##n"], "Single characters are there already. Join two."),
    ]
    return Items(
        ["ca", "cat", "##an"],
        hints,
        "Count each pair of neighbours in all the words, as often as the word occurs.",
    )
