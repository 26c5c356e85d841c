"""Chapter 8: what is hidden and guessed, a slope, and a curve that rests."""

import math
from collections.abc import Callable

import numpy
from matplotlib.axes import Axes

from companion.figures.fine_tuning import running_mean
from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    column_of_steps,
    new_axes,
)


def guessing_flow(tokens: int, hidden: int, words: int) -> Axes:
    """Draw how a hidden word is guessed; shapes on the right."""
    steps = [
        ("a text with [MASK] in it", f"ids (1, {tokens})", GREY),
        ("BERT's body", f"(1, {tokens}, {hidden})", BLUE),
        ("dense, GELU, LayerNorm", f"(1, {tokens}, {hidden})", GREEN),
        ("times each row of the word table", f"(1, {tokens}, {words:,})", GREEN),
        ("softmax, at the hidden place", f"({words:,},)", ORANGE),
    ]
    return column_of_steps(steps, height=3.2)


def slope_at(
    function: Callable[[float], float], place: float, slope: float, reach: float = 2.0
) -> Axes:
    """Draw a function of one number, and its gradient at one place as a line."""
    ax = new_axes(2.6)
    x = numpy.linspace(place - reach, place + reach, 101)
    ax.plot(x, [function(value) for value in x], color=BLUE, lw=1.8)
    ends = numpy.array([place - reach / 2, place + reach / 2])
    ax.plot(ends, function(place) + slope * (ends - place), color=ORANGE, lw=1.8)
    ax.plot(place, function(place), "o", color=ORANGE)
    ax.annotate(
        f"gradient {slope:g}", (place, function(place)), (8, -14),
        textcoords="offset points", color=ORANGE,
    )  # fmt: skip
    ax.set(xlabel="w", ylabel="loss")
    return ax


def resting_curve(losses: list[float], words: int, entropy: float) -> Axes:
    """Draw a loss that falls, rests and falls, and two lines that explain the rest.

    Args:
        losses: of each step, in nats.
        words: in the vocabulary; a guess at random costs its logarithm.
        entropy: of the word frequencies, in nats.
    """
    ax = new_axes(3.0)
    steps = numpy.arange(1, len(losses) + 1)
    ax.plot(steps, losses, color=SKY, lw=0.6)
    ax.plot(steps, running_mean(losses, 8), color=BLUE, lw=1.8)
    for value, text in [
        (math.log(words), f"guess at random: ln {words} = {math.log(words):.2f}"),
        (entropy, f"know how frequent each word is: {entropy:.2f}"),
    ]:
        ax.axhline(value, color=ORANGE, ls="--", lw=1)
        ax.annotate(text, (len(losses), value), (0, 3), textcoords="offset points",
                    ha="right", color=ORANGE)  # fmt: skip
    ax.set(xlabel="step", ylabel="loss, nats", xlim=(0, len(losses) + 1))
    ax.set_ylim(bottom=0)
    return ax


def bodies_that_guess(top_1: dict[str, float]) -> Axes:
    """Draw how often each body guesses the hidden word, in percent, as bars."""
    ax = new_axes(0.42 * len(top_1) + 0.7)
    places = numpy.arange(len(top_1))
    bars = ax.barh(places, list(top_1.values()), 0.6, color=BLUE)
    ax.bar_label(bars, fmt="%.1f", padding=2)
    ax.set_yticks(places, list(top_1))
    ax.invert_yaxis()
    ax.set(xlabel="hidden words guessed first, percent", xlim=(0, 100))
    return ax
