"""Chapter 5's exercises: GELU by hand, one Linear for two, costs, a token alone."""

import math

from companion.exercises.verdicts import grade, grade_truth


def check_gelu(answer: object) -> None:
    """Check GELU at -1."""
    share = 0.5 * (1 + math.erf(-1 / math.sqrt(2)))
    hints = {
        share: "That is the share below -1. GELU is x times that share, and x is -1.",
        1 - share: "That is GELU at 1. Below -1 is only the rest of the distribution.",
        share - 1: "You took the share below 1. Less of the distribution is below -1.",
        0: "That is what ReLU gives. GELU lets a little of a negative number pass.",
    }
    grade(answer, -share, hints, "x times the share below x, at x = -1.")


def check_one_linear(answer: object) -> None:
    """Check the parameters of the Linear that replaces feed-forward without GELU."""
    hidden, inner = 384, 1536
    hints = {
        hidden * hidden: "The matrix is right; a Linear has a bias too.",
        hidden * inner: "H numbers come in and H go out: nothing has I any more.",
        2 * hidden * inner + inner + hidden: "Those are the two; one does their work.",
    }
    wanted = hidden * hidden + hidden
    grade(answer, wanted, hints, "A Linear from 384 to 384 numbers, with its bias.")


def check_break_even(answer: object) -> None:
    """Check the length at which scores and sums cost as much as feed-forward."""
    hidden, inner = 384, 1536
    hints = {
        2 * inner: "Scores and weighted sums together cost twice T times H.",
        inner + 2 * hidden: "Leave the four square matrices out on both sides.",
        hidden: "Divide feed-forward's 2 H I by the 2 H of a token that is looked at.",
        512: "That is the longest text the model can read; the point is beyond it.",
    }
    grade(answer, inner, hints, "Set 2 T H equal to 2 H I and solve for T.")


def check_alone(answer: object) -> None:
    """Check whether a token knows of the others without attention's updates."""
    grade_truth(
        answer,
        False,
        "What is left of a layer is a sum of the token's own vector, LayerNorm and "
        "feed-forward. Does any of them look at another token?",
    )
