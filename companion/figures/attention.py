"""Chapter 4: the way through attention, and maps of weights."""

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor
from transformers import BertConfig

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    WEIGHTS,
    WIDTH,
    arrow,
    box,
    new_axes,
    new_drawing,
    scale,
)

GAP = 2  # cells above each map of `weight_maps`, room for a title; beside it is one


def attention_flow(config: BertConfig, tokens: int) -> Axes:
    """Draw the way from the vectors that come in to those that go out, with shapes."""
    ax = new_drawing(6.2, (0, 10), (-0.4, 11.2))
    heads, size = config.num_attention_heads, config.hidden_size
    whole = f"(1, {tokens}, {size})"
    piece = f"(1, {heads}, {tokens}, {size // heads})"
    square = f"(1, {heads}, {tokens}, {tokens})"
    _frame(ax, f"{heads} heads,\neach by itself")
    _project(ax, piece)
    steps = [
        (7.5, f"queries · keys / √{size // heads}", square),
        (5.85, "+ mask, softmax", square),
        (4.2, "weights · values", piece),
        (2.5, "dense", whole),
        (0.9, "+, LayerNorm", whole),
    ]
    for y, text, shape in steps:
        box(ax, 2.6, y, text, GREY)
        arrow(ax, (2.6, y - 0.36), (2.6, y - 1.28))
        ax.text(2.4, y - 0.9, shape, ha="right", color=GREY)
    ax.text(2.8, 3.25, f"side by side: {whole}", color=GREY)
    ax.text(3.3, 10.9, f"a vector for each token {whole}", ha="center")
    _residual(ax)
    return ax


_PROJECTIONS = [(1.2, "query", BLUE), (3.7, "key", ORANGE), (6.2, "value", GREEN)]


def _project(ax: Axes, shape: str) -> None:
    """Draw the three Linears of `attention_flow`, and the arrows to and from them."""
    for x, name, colour in _PROJECTIONS:
        arrow(ax, (3.7, 10.75), (x, 10.15))
        box(ax, x, 9.6, f"{name}\n{shape}", colour)
    arrow(ax, (1.2, 9.05), (2.2, 7.88))
    arrow(ax, (3.7, 9.05), (2.9, 7.88))
    arrow(ax, (6.2, 9.05), (4.1, 4.4))


def _residual(ax: Axes) -> None:
    """Draw the line that leads what came in around the heads."""
    ax.plot([6.3, 9.3, 9.3], [10.95, 10.95, 0.9], color=GREY, lw=1)
    arrow(ax, (9.3, 0.9), (3.95, 0.9))
    ax.text(6.6, 1.05, "what came in", ha="center", color=GREY)


def _frame(ax: Axes, label: str) -> None:
    """Draw the dashed line around what each head does by itself."""
    look: dict[str, Any] = {"fill": False, "ls": (0, (4, 3)), "ec": GREY, "lw": 0.9}
    ax.add_patch(Rectangle((0.1, 3.7), 7.4, 4.75, **look))
    ax.text(7.35, 3.85, label, ha="right", va="bottom", color=GREY)


def weight_maps(
    tokens: list[str], weights: Tensor, titles: list[str], columns: int = 3
) -> Axes:
    """Draw a square per head: in each token's row how much it takes from each token.

    Args:
        weights: (N, T, T), numbers from 0 to 1; N maps, `columns` of them in a row.
        titles: N of them.
    """
    size, columns = len(tokens), min(columns, len(titles))
    rows = math.ceil(len(titles) / columns)
    tall, wide = rows * (size + GAP), columns * (size + 1) - 1
    canvas = weights.new_full((tall, wide), math.nan)
    ax = new_axes(1.4 + (WIDTH - 0.6) * tall / wide)
    for i, (title, tile) in enumerate(zip(titles, weights, strict=True)):
        y, x = (size + GAP) * (i // columns) + GAP, (size + 1) * (i % columns)
        canvas[y : y + size, x : x + size] = tile
        frame = (x - 0.5, y - 0.5), size, size
        ax.add_patch(Rectangle(*frame, fill=False, ec=GREY, lw=0.6))
        ax.text(x - 0.5, y - 0.8, title, va="bottom")
    picture = ax.imshow(canvas.tolist(), cmap=WEIGHTS, vmin=0, vmax=1)
    scale(ax, picture, location="bottom", shrink=0.6, aspect=40)
    _name_cells(ax, tokens, rows, columns)
    return ax


def _name_cells(ax: Axes, tokens: list[str], rows: int, columns: int) -> None:
    """Write the tokens beside each row of maps, and below the last one."""
    size, places = len(tokens), range(len(tokens))
    across = [(size + 1) * i + place for i in range(columns) for place in places]
    down = [(size + GAP) * i + GAP + place for i in range(rows) for place in places]
    ax.set_xticks(across, tokens * columns, rotation=90)
    ax.set_yticks(down, tokens * rows)
    ax.tick_params(length=0, pad=2)
    ax.spines[:].set_visible(False)
