"""Chapter 6: two numbers under each token, all spans as a table, and the loss."""

import math
from typing import Any

import numpy
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from transformers import BertConfig

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    WEIGHTS,
    column_of_steps,
    new_axes,
    new_drawing,
    scale,
)
from companion.qa_head import best_spans

LINE = 54  # characters per line of `logits_under_text`


def span_flow(config: BertConfig, tokens: int) -> Axes:
    """Draw the way from the encoder's vectors to a span, with the shape at each."""
    table = f"({tokens}, {tokens})"
    steps = [
        ("the encoder's vectors", f"({tokens}, {config.hidden_size})", BLUE),
        ("qa_outputs: two dot products per token", f"({tokens}, 2)", GREEN),
        ("start logits, end logits", f"({tokens},) and ({tokens},)", GREEN),
        ("question shut out, softmax with [CLS]", "two probabilities per token", GREY),
        ("every start times every end", table, GREY),
        ("end ≥ start, at most 15 tokens", "a band of that table", GREY),
        ("the largest cell: first and last token", "an answer", ORANGE),
    ]
    return column_of_steps(steps, height=4.2)


def logits_under_text(
    tokens: list[str], start_logits: list[float], end_logits: list[float]
) -> Axes:
    """Draw the text, line by line, with two strips under each token: start and end.

    Pieces of a word are close together, without their `##`. The stronger a strip, the
    larger the logit.
    """
    places = _places(tokens)
    lines = places[-1][0] + 1
    ax = new_drawing(0.58 * lines + 0.8, (-6.5, LINE + 0.3), (-3 * lines + 0.4, 0.4))
    low, high = min(*start_logits, *end_logits), max(*start_logits, *end_logits)
    colours = ax.pcolormesh([[low, high]], cmap=WEIGHTS, visible=False)
    shades = colours.to_rgba(numpy.array([start_logits, end_logits]))  # (2, T, 4)
    for i, (token, place) in enumerate(zip(tokens, places, strict=True)):
        _token(ax, token.removeprefix("##"), place, shades[:, i])
    for line in range(lines):
        for name, y in [("start", -1.24), ("end", -2.04)]:
            ax.text(-0.7, y - 3 * line, name, ha="right", va="center", fontsize=10)
    bar = scale(ax, colours, location="bottom", fraction=0.04, pad=0.01)
    bar.set_label("logit")
    return ax


def _token(ax: Axes, text: str, place: tuple[int, int], shades: numpy.ndarray) -> None:
    """Draw a token with its two strips, at its line and first character."""
    line, at = place
    middle, top = at + len(text) / 2, -3 * line
    word = ax.text(middle, top - 0.36, text, ha="center", va="center")
    word.set_fontfamily("monospace")
    for row, shade in enumerate(shades):
        corner = at + 0.08, top - 1.6 - 0.8 * row
        strip = Rectangle(corner, len(text) - 0.16, 0.72, ec=GREY, lw=0.25)
        strip.set_facecolor(tuple(shade))
        ax.add_patch(strip)


def _places(tokens: list[str]) -> list[tuple[int, int]]:
    """Find line and first character of each token, in lines of at most LINE."""
    places, line, at = [], 0, 0
    for token in tokens:
        text = token.removeprefix("##")
        at += bool(at) and not token.startswith("##")  # a space
        if at + len(text) > LINE:
            line, at = line + 1, 0
        places.append((line, at))
        at += len(text)
    return places


def span_table(
    tokens: list[str], starts: list[float], ends: list[float], longest: int
) -> Axes:
    """Draw every first token times every last one, with the best span framed.

    A cell on grey ends before it starts or has more than `longest` tokens. The largest
    start times the largest end has a cross: where that is the frame, all is well.
    """
    ax = new_axes(4.7)
    scores = torch.outer(torch.tensor(starts), torch.tensor(ends))  # (T, T)
    allowed = torch.ones_like(scores).triu().tril(longest - 1).bool()
    image = ax.imshow(scores.tolist(), cmap=WEIGHTS, vmin=0)
    for i, j in (~allowed).nonzero().tolist():
        _cell(ax, i, j, fc="none", alpha=0.4, hatch="////").set_edgecolor(GREY)
    [(first, last, _)] = best_spans(torch.tensor(starts), torch.tensor(ends), longest)
    _cell(ax, first, last, fill=False, ec=ORANGE, lw=3)
    apart = ends.index(max(ends)), starts.index(max(starts))
    ax.plot(*apart, marker="x", color=ORANGE, markersize=9, markeredgewidth=2.5)
    ax.set_xticks(range(len(tokens)), tokens, rotation=90)
    ax.set_yticks(range(len(tokens)), tokens)
    ax.set(xlabel="last token", ylabel="first token")
    scale(ax, image, fraction=0.045, label="score")
    return ax


def _cell(ax: Axes, row: int, column: int, **look: Any) -> Patch:
    """Draw a square around a cell of a table."""
    return ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **look))


def cross_entropy(points: dict[str, float]) -> Axes:
    """Draw the curve -ln p, and on it a point for each named probability above 0."""
    ax = new_axes(2.9)
    curve = [i / 500 for i in range(1, 501)]
    ax.plot(curve, [-math.log(p) for p in curve], color=GREY)
    for name, p in points.items():
        ax.plot(p, -math.log(p), "o", color=BLUE)
        place = p, -math.log(p)
        ax.annotate(name, place, (6, 6), textcoords="offset points")
    ax.set(xlim=(0, 1.25), ylim=(0, 6.5), xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set(xlabel="probability of the right token", ylabel="loss, −ln p")
    return ax
