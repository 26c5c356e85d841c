"""Chapter 8's exercises: count masks, a loss, a gradient, where a loss rests."""

import math

from companion.exercises.verdicts import Check, Number


@Check
def check_masks() -> Number:
    """Check how many of 200 tokens become [MASK]."""
    hints = {
        30: "So many are hidden; not all of these become [MASK].",
        160: "Not all tokens are hidden, only 15 % of them.",
        27: "Those that change are 90 %; a tenth of them get another piece.",
        6: "Those are the hidden ones that do not become [MASK].",
    }
    return Number(24, hints, "How many are hidden, and which share becomes [MASK]?")


@Check
def check_two_guesses() -> Number:
    """Check the loss of the probabilities 0.5 and 0.125."""
    total = -(math.log(0.5) + math.log(0.125))
    hints = {
        -total / 2: "Minus the logarithm: a loss is not below 0.",
        total: "That is the sum; the loss is the mean of the two.",
        -math.log((0.5 + 0.125) / 2): "First the logarithms, then their mean.",
        2.0: "Nearly: that is in base 2. The book takes the natural logarithm.",
    }
    return Number(total / 2, hints, "The mean of -ln(0.5) and -ln(0.125).")


@Check
def check_gradient() -> Number:
    """Check the gradient of (3w - 6)^2 at 3."""
    hints = {
        9: "That is the loss itself. How fast does it grow?",
        6: "3w - 6 grows three times as fast as w: multiply by 3.",
        3: "That is 3w - 6. Square it, and see how fast that grows.",
        -18: "The size is right. Does the loss grow or fall as w grows?",
        27: "A step of 1 is too large; take 0.001.",
    }
    return Number(18, hints, "(loss_at(3.001) - loss_at(3)) / 0.001, for this loss.")


@Check
def check_rest() -> Number:
    """Check the entropy of 1/2, 1/4, 1/8, 1/8."""
    bits = 1.75
    hints = {
        bits: "That is in base 2. The book takes the natural logarithm.",
        math.log(4): "That is the loss of guessing at random, ln 4.",
        -bits * math.log(2): "Minus the logarithm: a loss is not below 0.",
        math.log(2): "That is what the commonest word costs, and it alone.",
    }
    return Number(
        bits * math.log(2),
        hints,
        "For each word its share, times -ln of the share; then the sum.",
    )
