"""Chapter 3's exercises: tables, LayerNorm by hand, a look-up, words that swap."""

from companion.exercises.verdicts import Check, Number, Truth


@Check
def check_tables() -> Number:
    """Check the count of numbers in the three tables of the book's model."""
    hints = {
        28_996 * 384: "That is the table of words; there are two more.",
        (28_996 + 512) * 384: "The two rows of the token types are missing.",
        28_996 + 512 + 2: "Those are the rows. How many numbers does each have?",
        (28_996 + 512 + 2) * 768: "That is with the notes' H; here H is 384.",
    }
    return Number((28_996 + 512 + 2) * 384, hints, "Add the rows, then times H.")


@Check
def check_layer_norm() -> Number:
    """Check the first number of LayerNorm([1, 3, 5, 7])."""
    hints = {
        -3: "The mean is subtracted; now divide by the spread.",
        -3 / 5: "That divides by the variance; the spread is its square root.",
        -3 / (20 / 3) ** 0.5: "The variance divides by H, here 4, not by 3.",
        1 / 5**0.5: "First subtract the mean.",
        3 / 5**0.5: "Check the sign: 1 is below the mean.",
    }
    return Number(-3 / 5**0.5, hints, "The mean is 4. How large is the spread?")


@Check
def check_one_hot() -> Number:
    """Check the multiplications by 0 for each number that a look-up copies."""
    hints = {
        28_995 * 384: "That is for all 384 numbers. How many for each of them?",
        384: "Those are the numbers that are copied. How many rows has the table?",
        10 * 28_995: "That is for ten tokens; one was asked for.",
        1: "That one is by 1. How many are by 0?",
    }
    hint = "The row times one column of the table: how long are they, how many 0s?"
    return Number(28_995, hints, hint)


@Check
def check_swap() -> Truth:
    """Check whether two words that swap places swap their vectors."""
    return Truth(
        False,
        "The ids swap, the position ids stay. Which three rows make each sum now?",
    )
