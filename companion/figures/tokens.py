"""Chapter 2: text over pieces over ids, how long pieces are, what a language costs."""

from collections import Counter
from collections.abc import Container

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from companion.figures.style import BLUE, GREEN, GREY, ORANGE, PALE, SKY, new_axes
from companion.tokens import Encoded

CENTRED = {"ha": "center", "va": "center", "fontsize": 9}


def alignment(encoded: Encoded, ax: Axes | None = None) -> Axes:
    """A column for each token: its characters, its piece, its id, type and position."""
    ax = ax or new_axes(2.5)
    ax.set(xlim=(-1.35, len(encoded.tokens)), ylim=(-4.6, 0.6))
    ax.axis("off")
    for y, name in enumerate(["text", "token", "id", "type", "position"]):
        ax.text(-1.3, -y, name, va="center", fontsize=9, color=GREY)
    rows = [encoded.input_ids, encoded.token_type_ids, encoded.position_ids]
    numbers = [row[0].tolist() for row in rows]
    for x, token in enumerate(encoded.tokens):
        colour = _colour(encoded, x)
        words = [_written(encoded, x), token, *(str(row[x]) for row in numbers)]
        for y, word in enumerate(words):
            box = {"boxstyle": "round,pad=0.25", "fc": PALE[colour], "ec": colour}
            ax.text(
                x + 0.5,
                -y,
                word,
                ha="center",
                va="center",
                fontsize=8 if y == 1 else 9,
                bbox=box if y == 1 else None,
            )
    return ax


def _written(encoded: Encoded, token: int) -> str:
    """The characters that a token was made from; a dash for a mark."""
    span = encoded.offsets[token]
    if span is None:
        return "–"
    text = encoded.context if encoded.is_context[token] else encoded.question
    return text[span[0] : span[1]]


def _colour(encoded: Encoded, token: int) -> str:
    if encoded.offsets[token] is None:
        return GREY
    return ORANGE if encoded.is_context[token] else BLUE


def wordpiece_steps(
    word: str, vocabulary: Container[str], ax: Axes | None = None
) -> Axes:
    """A row for each piece that WordPiece looks for; filled if it is there."""
    tries = _tries(word, vocabulary)
    ax = ax or new_axes(0.21 * len(tries) + 0.4)
    ax.set(xlim=(-1.5, len(word) + 1.9), ylim=(len(tries) - 0.4, -0.8))
    ax.axis("off")
    for y, (start, end, found) in enumerate(tries):
        left = start - 0.75 if start else start  # room for ##
        colour = PALE[ORANGE] if found else "white"
        edge = ORANGE if found else PALE[GREY]
        size = end - left - 0.1, 0.8
        ax.add_patch(Rectangle((left, y - 0.4), *size, fc=colour, ec=edge))
        if start:
            ax.text(start - 0.35, y, "##", **CENTRED)
        for x in range(start, end):
            ax.text(x + 0.45, y, word[x], **CENTRED)
        if found:
            ax.text(len(word) + 0.2, y, "in the list", va="center", fontsize=9)
        ax.text(
            -0.2, y, f"try {y + 1}", va="center", ha="right", fontsize=9, color=GREY
        )
    return ax


def _tries(word: str, vocabulary: Container[str]) -> list[tuple[int, int, bool]]:
    """What is looked for, in order: from where, to where, and whether it is found."""
    tries, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        for end in range(len(word), start, -1):
            tries.append((start, end, mark + word[start:end] in vocabulary))
            if tries[-1][-1]:
                break
        else:
            return tries  # no piece fits: [UNK]
        start = end
    return tries


def piece_lengths(vocabulary: list[str], ax: Axes | None = None) -> Axes:
    """How many pieces have how many letters: those that begin a word, and the others.

    `##` does not count; marks in square brackets are left out.
    """
    ax = ax or new_axes(2.6)
    words = [p for p in vocabulary if not p.startswith("[") or len(p) == 1]
    starts = Counter(len(p) for p in words if not p.startswith("##") or len(p) == 2)
    rests = Counter(len(p) - 2 for p in words if p.startswith("##") and len(p) > 2)
    lengths = range(1, max([*starts, *rests]) + 1)
    first = [starts[n] for n in lengths]
    ax.bar(lengths, first, color=BLUE, label="begin a word")
    more = [rests[n] for n in lengths]
    ax.bar(lengths, more, bottom=first, color=SKY, label="go on with one (##)")
    ax.set(xlabel="letters", ylabel="pieces", xticks=lengths)
    ax.legend(frameon=False)
    return ax


def pieces_by_language(
    rows: dict[str, tuple[int, int]], ax: Axes | None = None
) -> Axes:
    """A bar for each language: the tokens of its sentence, unknown ones apart.

    Args:
        rows: for each language how many tokens there are, and how many are unknown.
    """
    ax = ax or new_axes(0.3 * len(rows) + 0.9)
    known = [tokens - unknown for tokens, unknown in rows.values()]
    unknown = [unknown for _, unknown in rows.values()]
    ax.barh(list(rows), known, color=GREEN, label="pieces")
    ax.barh(list(rows), unknown, left=known, color=ORANGE, label="[UNK]")
    ax.invert_yaxis()
    ax.set_xlabel("tokens for the same sentence")
    ax.legend(frameon=False, loc="upper right")
    return ax
