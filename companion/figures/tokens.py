"""Chapter 2: text over pieces over ids, how long pieces are, what a language costs."""

from collections import Counter
from collections.abc import Container
from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    box,
    new_axes,
    new_drawing,
)
from companion.tokens import Encoded


def alignment(encoded: Encoded) -> Axes:
    """Draw a column for each token: its characters, piece, id, type and position."""
    rows = [encoded.input_ids, encoded.token_type_ids, encoded.position_ids]
    numbers = [list(map(str, row[0].tolist())) for row in rows]
    texts = [_written(encoded, i) for i in range(len(encoded.tokens))]
    middles, right = _columns(texts, encoded.tokens, *numbers)
    ax = new_drawing(2.5, (-8, right), (-4.6, 0.6))
    for y, name in enumerate(["text", "token", "id", "type", "position"]):
        ax.text(-8, -y, name, va="center", color=GREY)
    for i, x in enumerate(middles):
        _write(ax, x, 0, texts[i])
        box(ax, x, -1, encoded.tokens[i], _colour(encoded, i), shape="round,pad=0.2")
        for y, row in enumerate(numbers, 2):
            _write(ax, x, -y, row[i])
    return ax


def _columns(*rows: list[str]) -> tuple[list[float], float]:
    """Find the middle of each column, and where the last ends, in characters."""
    widths = [max(map(len, cells)) + 1.3 for cells in zip(*rows, strict=True)]
    ends = list(accumulate(widths))
    return [end - w / 2 for end, w in zip(ends, widths, strict=True)], ends[-1]


def _write(ax: Axes, x: float, y: float, text: str) -> None:
    """Write `text` with its middle at (x, y)."""
    ax.text(x, y, text, ha="center", va="center")


def _written(encoded: Encoded, token: int) -> str:
    """Find the characters that a token was made from; a dash for a special token."""
    span = encoded.offsets[token]
    if span is None:
        return "–"
    text = encoded.context if encoded.is_context[token] else encoded.question
    return text[span[0] : span[1]]


def _colour(encoded: Encoded, token: int) -> str:
    """Choose a token's colour: special, of the context, or of the question."""
    if encoded.offsets[token] is None:
        return GREY
    return ORANGE if encoded.is_context[token] else BLUE


def wordpiece_steps(word: str, vocabulary: Container[str]) -> Axes:
    """Draw a row for each piece that WordPiece looks for, filled if there is one."""
    tries = _tries(word, vocabulary)
    height, below = 0.21 * len(tries) + 0.4, len(tries) - 0.4
    ax = new_drawing(height, (-1.5, len(word) + 1.9), (below, -0.8))
    for y, (start, end, fits) in enumerate(tries):
        left = start - 0.75 if start else start  # room for ##
        fill, edge = (PALE[ORANGE], ORANGE) if fits else ("none", GREY)
        size = end - left - 0.1, 0.8
        ax.add_patch(Rectangle((left, y - 0.4), *size, fc=fill, ec=edge))
        if start:
            _write(ax, start - 0.35, y, "##")
        for x in range(start, end):
            _write(ax, x + 0.45, y, word[x])
        if fits:
            ax.text(len(word) + 0.2, y, "in the list", va="center")
        number = ax.text(-0.2, y, f"try {y + 1}", va="center", ha="right")
        number.set_color(GREY)
    return ax


def _tries(word: str, vocabulary: Container[str]) -> list[tuple[int, int, bool]]:
    """List what is looked for, in order: from where, to where, and whether it fits."""
    tries, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        for end in range(len(word), start, -1):
            tries.append((start, end, prefix + word[start:end] in vocabulary))
            if tries[-1][-1]:
                break
        else:
            return tries  # no piece fits: [UNK]
        start = end
    return tries


def piece_lengths(vocabulary: list[str]) -> Axes:
    """Draw how many pieces have how many letters: word beginnings, and the others.

    `##` does not count; special tokens, in square brackets, are left out.
    """
    ax = new_axes(2.6)
    words = [p for p in vocabulary if not p.startswith("[") or len(p) == 1]
    starts = Counter(len(p) for p in words if not p.startswith("##") or len(p) == 2)
    rests = Counter(len(p) - 2 for p in words if p.startswith("##") and len(p) > 2)
    lengths = range(1, max([*starts, *rests]) + 1)
    first = [starts[n] for n in lengths]
    ax.bar(lengths, first, color=BLUE, label="begin a word")
    more = [rests[n] for n in lengths]
    ax.bar(lengths, more, bottom=first, color=SKY, label="continue one (##)")
    ax.set(xlabel="letters", ylabel="pieces", xticks=lengths)
    ax.legend(frameon=False)
    return ax


def pieces_by_language(rows: dict[str, tuple[int, int]]) -> Axes:
    """Draw a bar for each language: the tokens of its sentence, unknown ones apart.

    Args:
        rows: for each language how many tokens there are, and how many are unknown.
    """
    ax = new_axes(0.3 * len(rows) + 0.9)
    known = [tokens - unknown for tokens, unknown in rows.values()]
    unknown = [unknown for _, unknown in rows.values()]
    ax.barh(list(rows), known, color=GREEN, label="pieces")
    ax.barh(list(rows), unknown, left=known, color=ORANGE, label="[UNK]")
    ax.invert_yaxis()
    ax.set_xlabel("tokens for the same sentence")
    ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return ax
