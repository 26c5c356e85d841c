"""Chapter 4: the way through attention, one query, the scale, maps of weights, cost."""

import math
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor
from transformers import BertConfig

from companion.architecture import multiplications_per_token
from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    WEIGHTS,
    WIDTH,
    arrow,
    box,
    new_axes,
    new_drawing,
)

GAP = 2  # cells between two maps of `weight_maps`, with room for a title
QUADRATIC = ("scores", "weighted sums")  # the parts that grow with the text's length


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
        ax.text(2.4, y - 0.9, shape, ha="right", fontsize=7.5, color=GREY)
    ax.text(2.8, 3.25, f"side by side: {whole}", fontsize=7.5, color=GREY)
    ax.text(3.6, 10.9, f"a vector for each token {whole}", ha="center", fontsize=8)
    _residual(ax)
    return ax


_PROJECTIONS = [(1.2, "query", BLUE), (3.6, "key", ORANGE), (6.0, "value", GREEN)]


def _project(ax: Axes, shape: str) -> None:
    """Draw the three Linears of `attention_flow`, and the arrows to and from them."""
    for x, name, colour in _PROJECTIONS:
        arrow(ax, (3.6, 10.75), (x, 10.15))
        box(ax, x, 9.6, f"{name}\n{shape}", colour)
    arrow(ax, (1.2, 9.05), (2.2, 7.88))
    arrow(ax, (3.6, 9.05), (2.9, 7.88))
    arrow(ax, (6.0, 9.05), (4.1, 4.4))


def _residual(ax: Axes) -> None:
    """Draw the line that leads what came in around the heads."""
    ax.plot([5.9, 9.3, 9.3], [10.95, 10.95, 0.9], color=GREY, lw=1)
    arrow(ax, (9.3, 0.9), (3.95, 0.9))
    ax.text(6.6, 1.05, "what came in", ha="center", fontsize=8, color=GREY)


def _frame(ax: Axes, label: str) -> None:
    """Draw the dashed line around what each head does by itself."""
    look: dict[str, Any] = {"fill": False, "ls": (0, (4, 3)), "ec": GREY, "lw": 0.9}
    ax.add_patch(Rectangle((0.1, 3.7), 7.4, 4.75, **look))
    ax.text(7.35, 3.85, label, ha="right", va="bottom", fontsize=8, color=GREY)


def one_query(tokens: list[str], scores: Tensor, weights: Tensor) -> Axes:
    """Draw a bar per token: the weight that one query gives it, with its score above.

    Args:
        scores, weights: (T,) each, one row of a head.
    """
    ax = new_axes(2.5)
    bars = ax.bar(range(len(tokens)), weights.tolist(), 0.7, color=BLUE)
    labels = [f"{score:.1f}" for score in scores.tolist()]
    ax.bar_label(bars, labels, padding=2, fontsize=8, color=GREY)
    ax.set_xticks(range(len(tokens)), tokens, fontsize=9)
    ax.set(ylabel="weight", ylim=(0, 1.15 * float(weights.max())))
    return ax


def scale_effect(tokens: list[str], products: Tensor, size: int) -> Axes:
    """Draw the weights that one row of dot products gives under three scales.

    Args:
        products: (T,), a query's dot products with all keys, not yet scaled.
        size: D, the length of a query.
    """
    ax = new_axes(2.6)
    scales = {
        f"divided by {size}": (size, SKY),
        f"divided by √{size}, as in BERT": (math.sqrt(size), BLUE),
        "not divided": (1, ORANGE),
    }
    for i, (name, (scale, colour)) in enumerate(scales.items()):
        weights = (products / scale).softmax(dim=-1).tolist()
        places = [x + 0.27 * (i - 1) for x in range(len(tokens))]
        ax.bar(places, weights, 0.25, color=colour, label=name)
    ax.set_xticks(range(len(tokens)), tokens, fontsize=9)
    ax.set_ylabel("weight")
    ax.legend(frameon=False, fontsize=8, loc="upper left")
    return ax


def weight_maps(
    tokens: list[str], weights: Tensor, titles: list[str], columns: int = 3
) -> Axes:
    """Draw a square per head: in each token's row how much it takes from each token.

    Args:
        weights: (N, T, T), numbers from 0 to 1; N maps, `columns` of them in a row.
        titles: N of them.
    """
    step, columns = len(tokens) + GAP, min(columns, len(titles))
    rows = math.ceil(len(titles) / columns)
    canvas = weights.new_full((rows * step, columns * step - 1), math.nan)
    ax = new_axes(min(6.6, 0.9 + (WIDTH - 1.1) * rows / columns))
    for i, (title, tile) in enumerate(zip(titles, weights, strict=True)):
        y, x = step * (i // columns) + GAP, step * (i % columns)
        canvas[y : y + len(tokens), x : x + len(tokens)] = tile
        frame = (x - 0.5, y - 0.5), len(tokens), len(tokens)
        ax.add_patch(Rectangle(*frame, fill=False, ec=GREY, lw=0.6))
        ax.text(x - 0.5, y - 0.8, title, fontsize=8, va="bottom")
    picture = ax.imshow(canvas.tolist(), cmap=WEIGHTS, vmin=0, vmax=1)
    ax.figure.colorbar(picture, ax=ax, shrink=0.6, aspect=30)
    _name_cells(ax, tokens, rows, columns)
    return ax


def _name_cells(ax: Axes, tokens: list[str], rows: int, columns: int) -> None:
    """Write the tokens beside each row of maps, and below the last one."""
    step, places = len(tokens) + GAP, range(len(tokens))
    across = [step * i + place for i in range(columns) for place in places]
    down = [step * i + GAP + place for i in range(rows) for place in places]
    size = min(9, 240 / (step * columns))
    ax.set_xticks(across, tokens * columns, rotation=90, fontsize=size)
    ax.set_yticks(down, tokens * rows, fontsize=size)
    ax.tick_params(length=0, pad=2)
    ax.spines[:].set_visible(False)


def quadratic_share(config: BertConfig, longest: int) -> Axes:
    """Draw what share of all multiplications grows with the square of the length."""
    ax = new_axes(2.5)
    lengths = range(1, longest + 1, max(1, longest // 200))
    ax.plot(lengths, [share_of(config, length) for length in lengths], color=BLUE)
    last = config.max_position_embeddings
    ax.axvline(last, color=ORANGE, lw=1)
    ax.text(last, 0.62, f" {last} tokens, where\n BERT's positions end", fontsize=8)
    ax.axhline(0.5, color=GREY, lw=0.8, ls=":")
    ax.set(xlim=(0, longest), ylim=(0, 0.75), xlabel="tokens in the text")
    ax.set_ylabel("share that grows as T²")
    ax.yaxis.set_major_formatter(lambda y, _: f"{y:.0%}")
    return ax


def share_of(config: BertConfig, tokens: int) -> float:
    """Compute the share of scores and weighted sums in a text's multiplications."""
    parts = multiplications_per_token(config, tokens)
    return sum(parts[name] for name in QUADRATIC) / sum(parts.values())
