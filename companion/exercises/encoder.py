"""Chapter 5."""

import math

from companion.exercises.verdicts import number, truth


def check_gelu(answer: object) -> None:
    """Chapter 5: GELU at -1."""
    share = 0.5 * (1 + math.erf(-1 / math.sqrt(2)))
    hints = {
        share: "That is the share below -1. GELU is x times that share, and x is -1.",
        1 - share: "That is GELU at 1. Below -1 lies the rest of the distribution.",
        share - 1: "You took the share below 1. Less of the distribution is below -1.",
        0: "That is what ReLU gives. GELU lets a little of a negative number pass.",
    }
    number(answer, -share, hints, "x times the share that lies below x, at x = -1.")


def check_one_linear(answer: object) -> None:
    """Chapter 5: parameters of the Linear that replaces feed-forward without GELU."""
    hidden, inner = 384, 1536
    hints = {
        hidden * hidden: "The matrix is right; a Linear has a bias too.",
        hidden
        * inner: "It takes H numbers and gives H numbers: nothing has I any more.",
        2 * hidden * inner + inner + hidden: "Those are the two; one does their work.",
    }
    wanted = hidden * hidden + hidden
    number(answer, wanted, hints, "A Linear from 384 to 384 numbers, with its bias.")


def check_break_even(answer: object) -> None:
    """Chapter 5: the length at which scores and sums cost as much as feed-forward."""
    hidden, inner = 384, 1536
    hints = {
        2 * inner: "Scores and weighted sums together cost twice T times H.",
        inner + 2 * hidden: "Leave the four square matrices out on both sides.",
        hidden: "Divide feed-forward's 2 H I by the 2 H of a token that is looked at.",
        512: "That is the longest text the model can read; the point lies beyond it.",
    }
    number(answer, inner, hints, "Set 2 T H equal to 2 H I and solve for T.")


def check_alone(answer: object) -> None:
    """Chapter 5: without attention's updates, does a token know of the others?"""
    truth(
        answer,
        False,
        "What is left of a layer is a sum of the token's own vector, LayerNorm and "
        "feed-forward. Does any of them look at another token?",
    )
