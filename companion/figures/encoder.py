"""Chapter 5: a layer's wiring, GELU, what each layer does, and the tokens on maps."""

from typing import TYPE_CHECKING, Any, cast

import torch
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from matplotlib.transforms import Bbox
from torch import Tensor
from torch.nn import functional as F
from transformers import BertConfig

from companion.encoder import gelu_formula
from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    arrow,
    box,
    new_axes,
    new_drawing,
    new_panels,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = BLUE, ORANGE, GREEN, GREY
DASHES = "-", "--", "-.", ":"
# Where a label may stand beside its dot, in points; the first that is free is taken.
OFFSETS = [(x, y) for y in (0, 11, -11, 22, -22, 33, -33) for x in (5, -5)]
LEADER = {"arrowstyle": "-", "color": GREY, "lw": 0.6, "shrinkA": 0, "shrinkB": 2}
DOT = 4  # half the side of the square, in pixels, that a dot takes


def layer_flow(config: BertConfig, tokens: int) -> Axes:
    """Draw one layer: the residual stream runs down, two branches leave and rejoin it.

    On the stream is its shape; on the branches is what is computed there.
    """
    ax = new_drawing(4.6, (0, 10), (-0.3, 10.3))
    hidden, inner = config.hidden_size, config.intermediate_size
    shape = f"(1, {tokens}, {hidden})"
    heads = f"attention\n{config.num_attention_heads} heads, Linear"
    steps = f"Linear {hidden} → {inner}\nGELU\nLinear {inner} → {hidden}"
    ax.text(2, 9.9, f"from the layer before  {shape}", ha="left")
    _half(ax, 9.7, heads, BLUE)
    ax.text(2.2, 5.05, shape, va="center")
    _half(ax, 5.0, steps, GREEN)
    ax.text(2, -0.1, f"to the next layer  {shape}", ha="left")
    return ax


def _half(ax: Axes, top: float, branch: str, colour: str) -> None:
    """Draw from `top` down: a branch with the box `branch`, the sum, LayerNorm."""
    stream: dict[str, Any] = {"lw": 3, "color": ORANGE}
    arrow(ax, (1.5, top + 0.2), (1.5, top - 2.55), **stream)
    ax.plot([1.5, 6.4, 6.4], [top - 0.5, top - 0.5, top - 0.6], color="black", lw=1.2)
    arrow(ax, (6.4, top - 0.5), (6.4, top - 0.95), lw=1.2)
    box(ax, 6.4, top - 1.6, branch, colour)
    ax.plot([6.4, 6.4], [top - 1.6, top - 2.8], color="black", lw=1.2)
    arrow(ax, (6.4, top - 2.8), (1.8, top - 2.8), lw=1.2)
    ring = {"boxstyle": "circle,pad=0.2", "fc": PALE[ORANGE], "ec": ORANGE}
    ax.text(1.5, top - 2.8, "+", ha="center", va="center", fontsize=12, bbox=ring)
    arrow(ax, (1.5, top - 3.05), (1.5, top - 4.75), **stream)
    box(ax, 1.5, top - 3.75, "LayerNorm", GREY, 10, "round,pad=0.35")


def activations() -> Axes:
    """Draw GELU, and ReLU beside it."""
    ax = new_axes(2.6)
    x = torch.linspace(-4, 4, 401, dtype=torch.float64)
    ax.plot(x, F.relu(x), color=GREY, ls=":", label="ReLU")
    ax.plot(x, gelu_formula(x), color=BLUE, lw=2, label="GELU")
    ax.axhline(0, color="black", lw=0.5)
    ax.set(xlim=(-4, 4), ylim=(-0.5, 4), xlabel="before", ylabel="after")
    ax.legend(frameon=False, loc="upper left")
    return ax


def update_lengths(lengths: dict[str, list[float]]) -> Axes:
    """Draw four bars per layer; `lengths` has a list over the layers for each kind."""
    ax = new_axes(2.8)
    layers = len(next(iter(lengths.values())))
    colours = (ORANGE, 1), (BLUE, 1), (ORANGE, 0.5), (GREEN, 1)
    for i, (name, heights) in enumerate(lengths.items()):
        places = [layer + 0.2 * (i - 1.5) for layer in range(layers)]
        ax.bar(places, heights, 0.19, label=name, color=colours[i])
    ax.set_xticks(range(layers))
    ax.set(xlabel="layer", ylabel="mean length")
    ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def over_layers(lines: dict[str, list[float]], ylabel: str) -> Axes:
    """Draw a line for each name: its number at the embeddings and after each layer."""
    ax = new_axes(3.2)
    # The last digits depend on the number of threads, and would change the picture.
    lines = {name: [round(n, 4) for n in numbers] for name, numbers in lines.items()}
    for i, (name, numbers) in enumerate(lines.items()):
        [line] = ax.plot(range(len(numbers)), numbers, marker="o", ms=4, label=name)
        line.set(color=COLOURS[i % 4], linestyle=DASHES[i % 4])
    steps = max(map(len, lines.values()))
    names = ["emb.", *(str(layer) for layer in range(steps - 1))]
    ax.set_xticks(range(steps), names)
    ax.set(xlabel="after layer", ylabel=ylabel)
    ax.set_ylim(0, 1.08 * max(map(max, lines.values())))
    ax.legend(frameon=False, loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def right_after_layers(rights: dict[str, dict[str, list[float]]]) -> Axes:
    """Draw the share of right answers over the layers, a line for each way to ask.

    Args:
        rights: of `companion/measured/layers.json`; the bands are two standard errors
            to either side.
    """
    lines = {name: right["mean"] for name, right in rights.items()}
    ax = over_layers(lines, "share of answers that are right")
    for i, right in enumerate(rights.values()):
        pairs = list(zip(right["mean"], right["error"], strict=True))
        low, high = ([m + d * e for m, e in pairs] for d in (-2, 2))
        colour = COLOURS[i % 4]
        ax.fill_between(range(len(pairs)), low, high, color=colour, alpha=0.2, lw=0)
    ax.set_ylim(0, 0.7)
    return ax


def token_maps(
    points: Tensor,
    shares: list[float],
    tokens: list[str],
    named: list[int],
    in_question: Tensor,
) -> list[Axes]:
    """Draw the maps of `project_each` at four steps: embeddings, middle, last two.

    Args:
        points: (L + 1, T, 2).
        shares: L + 1 of them, of the spread that a map shows; they stand above it.
        tokens: T of them; only those at the places `named` are written out.
        in_question: (T,), True for a token that is drawn in another colour.
    """
    axes = new_panels(5.6, rows=2, columns=2)
    for ax, step in zip(axes, shown_steps(len(points)), strict=True):
        place = "embeddings" if step == 0 else f"after layer {step - 1}"
        ax.set_title(f"{place}: {shares[step]:.0%}", fontsize=10)
        _dots(ax, points[step], in_question)
    # Places the panels, which labels must know.
    cast("Figure", axes[0].figure).draw_without_rendering()
    for ax, step in zip(axes, shown_steps(len(points)), strict=True):
        _labels(ax, points[step], tokens, named)
    return axes


def shown_steps(steps: int) -> list[int]:
    """Choose four of `steps` steps: the first, one in the middle, and the last two."""
    return [0, steps // 2, max(steps - 2, 0), steps - 1]


def _dots(ax: Axes, places: Tensor, asked: Tensor) -> None:
    """Draw the tokens at one step, (T, 2), on axes without a unit."""
    colours = [ORANGE if question else SKY for question in asked.tolist()]
    ax.scatter(places[:, 0].tolist(), places[:, 1].tolist(), c=colours, s=9)
    ax.margins(0.22)
    ax.tick_params(length=0)  # unseen; IPython learns from them that letters are dark
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(NullFormatter())


def _labels(ax: Axes, places: Tensor, tokens: list[str], named: list[int]) -> None:
    """Write the tokens at the places `named`, inside the frame, on nothing named.

    A line leads to each that stands above or below its dot.
    """
    dots = ax.transData.transform(places[named].tolist())  # in the picture's own units
    taken = [Bbox([dot - DOT, dot + DOT]) for dot in dots]
    for i in named:
        x, y = places[i].tolist()
        ax.plot(x, y, "o", color=BLUE, ms=4)
        for offset in OFFSETS:
            look: dict[str, Any] = {"va": "center"}
            look["ha"] = "left" if offset[0] > 0 else "right"
            where: dict[str, Any] = {"xytext": offset, "textcoords": "offset points"}
            label = ax.annotate(tokens[i], (x, y), **where, **look)
            extent = label.get_window_extent()
            inside = ax.bbox.x0 < extent.x0 and extent.x1 < ax.bbox.x1
            if inside and not any(map(extent.overlaps, taken)):
                if offset[1]:
                    ax.annotate("", (x, y), **where, arrowprops=LEADER)
                break
            label.remove()
        else:  # no room anywhere: beside its dot
            ax.annotate(tokens[i], (x, y), **where, **look)
        taken.append(extent)
