"""Chapter 10: what each head looks at, what is lost without it, and who agrees."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import Tensor

from companion.figures.style import (
    BLUE,
    GREY,
    SIGNED,
    SKY,
    WEIGHTS,
    frame,
    new_axes,
    scale,
)

COLUMNS = 3  # of tables in `head_kinds`


def head_kinds(tables: dict[str, Tensor]) -> Axes:
    """Draw a table for each kind, layers down, heads across; the stronger, the larger.

    Args:
        tables: for each kind a share, (L, A), from 0 to 1.
    """
    layers, heads = next(iter(tables.values())).shape
    rows = -(-len(tables) // COLUMNS)
    ax = new_axes(0.36 * rows * (layers + 2) / 2 + 0.9)
    look: dict[str, Any] = {"cmap": WEIGHTS, "vmin": 0, "vmax": 1, "aspect": "auto"}
    for n, (name, table) in enumerate(tables.items()):
        left, top = (n % COLUMNS) * (heads + 1.5), (n // COLUMNS) * (layers + 2.5)
        place = (left - 0.5, left + heads - 0.5, top + layers - 0.5, top - 0.5)
        picture = ax.imshow(table.tolist(), extent=place, **look)
        edges = Rectangle((left - 0.5, top - 0.5), heads, layers, fill=False)
        ax.add_patch(edges).set(edgecolor=GREY, linewidth=0.6)
        ax.text(left + heads / 2 - 0.5, top - 0.8, name, ha="center")
        for layer in range(layers if n % COLUMNS == 0 else 0):
            ax.text(-0.9, top + layer, str(layer), ha="right", va="center")
    ax.set(
        xlim=(-2.5, COLUMNS * (heads + 1.5) - 2),
        ylim=(rows * (layers + 2.5) - 2, -2),
        xlabel="heads, from 0 at the left, in each table",
        ylabel="layers",
        xticks=[],
        yticks=[],
    )
    ax.spines[:].set_visible(False)
    below: dict[str, Any] = {"location": "bottom", "shrink": 0.6, "aspect": 40}
    scale(ax, picture, label="share", **below)
    return ax


def head_effects(changes: Tensor) -> Axes:
    """Draw a cell for each head: what changes without it; purple is a loss.

    Args:
        changes: (L, A), below 0 for a loss.
    """
    ax = new_axes(2.5)
    most = float(changes.abs().max())
    around_zero: dict[str, Any] = {"cmap": SIGNED, "vmin": -most, "vmax": most}
    picture = ax.imshow(changes.tolist(), aspect="auto", **around_zero)
    scale(ax, picture, label="change of the margin")
    ax.set(xlabel="head", ylabel="layer")
    ax.set_xticks(range(changes.shape[1]))
    ax.set_yticks(range(changes.shape[0]))
    frame(ax)
    return ax


def token_measures(tokens: list[str], measures: dict[str, Tensor]) -> Axes:
    """Draw a row per measure, a column per token; each row's largest is strongest.

    Args:
        measures: for each name a number for each token, (T,), none below 0.
    """
    ax = new_axes(0.34 * len(measures) + 1.0)
    rows = [(row / row.max()).tolist() for row in measures.values()]
    ax.imshow(rows, cmap=WEIGHTS, vmin=0, vmax=1, aspect="auto")
    ax.set_xticks(range(len(tokens)), tokens, rotation=90)
    ax.set_yticks(range(len(rows)), list(measures))
    frame(ax)
    return ax


def agreement(rows: dict[str, dict[str, float]]) -> Axes:
    """Draw a bar for each measure: its mean rank correlation, with two errors each way.

    Args:
        rows: for each name the `mean` and its standard `error`.
    """
    ax = new_axes(0.32 * len(rows) + 0.8)
    means = [row["mean"] for row in rows.values()]
    errors = [2 * row["error"] for row in rows.values()]
    ax.barh(list(rows), means, xerr=errors, color=SKY, ecolor=GREY, capsize=3)
    ax.invert_yaxis()
    ax.set_xlim(min(0, *means) - 0.05, 1)
    ax.set_xlabel("rank correlation with leaving the token out")
    return ax


def attention_lines(tokens: list[str], weights: Tensor) -> Axes:
    """Draw a line from each token to each that it reads; the stronger, the larger.

    Args:
        weights: (T, T), one head.
    """
    ax = new_axes(0.24 * len(tokens) + 0.4)
    for i, row in enumerate(weights.tolist()):
        for j, weight in enumerate(row):
            ax.plot([0, 1], [i, j], color=BLUE, alpha=min(1.0, weight), lw=1.6)
    for x, side in ((-0.03, "right"), (1.03, "left")):
        for place, token in enumerate(tokens):
            ax.text(x, place, token, ha=side, va="center")
    ax.set(xlim=(-0.5, 1.5), ylim=(len(tokens) - 0.5, -0.5))
    ax.axis("off")
    return ax


def all_heads(weights: Tensor) -> Axes:
    """Draw all tables of weights at once, layers down and heads across.

    Args:
        weights: (L, A, T, T).
    """
    layers, heads, size, _ = weights.shape
    ax = new_axes(0.9 + 4.4 * layers / heads)
    sheet = weights.new_full((layers, heads, size + 1, size + 1), float("nan"))
    sheet[:, :, :size, :size] = weights
    sheet = sheet.permute(0, 2, 1, 3).flatten(2).flatten(0, 1)  # (L (T+1), A (T+1))
    ax.imshow(sheet.tolist(), cmap=WEIGHTS, vmin=0, vmax=1)
    middle = (size - 1) / 2
    across, down = list(map(str, range(heads))), list(map(str, range(layers)))
    ax.set_xticks([middle + i * (size + 1) for i in range(heads)], across)
    ax.set_yticks([middle + i * (size + 1) for i in range(layers)], down)
    ax.set(xlabel="head", ylabel="layer")
    frame(ax)
    return ax


def query_times_keys(tokens: list[str], products: Tensor) -> Axes:
    """Draw how a score comes about: a row for each key, its D products, their sum.

    Args:
        products: (T, D), a query times each key, number by number.
    """
    ax = new_axes(0.22 * len(tokens) + 1.0)
    count, most = products.shape[1], float(products.abs().max())
    around_zero: dict[str, Any] = {"cmap": SIGNED, "vmin": -most, "vmax": most}
    picture = ax.imshow(products.tolist(), aspect="auto", **around_zero)
    scale(ax, picture, label="product")
    for row, total in enumerate(products.sum(dim=-1).tolist()):
        whole = str(round(total))  # no "-0"
        ax.text(count * 1.12, row, whole, ha="right", va="center")
    ax.text(count * 1.12, -0.7, "sum", ha="right", va="bottom")
    ax.set_xlim(-0.5, count * 1.14)
    ax.set_yticks(range(len(tokens)), tokens)
    ax.set_xticks([n for n in ax.get_xticks() if 0 <= n < count])
    ax.set_xlabel("number of the query and of the key")
    return ax
