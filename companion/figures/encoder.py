"""Chapter 5: one layer's wiring, GELU, and how vectors move from layer to layer."""

import matplotlib.pyplot as plt
import torch
from matplotlib.axes import Axes
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
    WIDTH,
    new_axes,
)

COLOURS = BLUE, ORANGE, GREEN, GREY
DASHES = "-", "--", "-.", ":"


def layer_flow(config: BertConfig, tokens: int, ax: Axes | None = None) -> Axes:
    """One layer: the residual stream runs down, two side ways leave it and come back.

    Written on the stream: its shape; on the side ways: what is computed there.
    """
    ax = ax or new_axes(4.6)
    ax.set(xlim=(0, 10), ylim=(-0.3, 10.3))
    ax.axis("off")
    hidden, inner = config.hidden_size, config.intermediate_size
    shape = f"(1, {tokens}, {hidden})"
    heads = f"attention\n{config.num_attention_heads} heads, Linear"
    steps = f"Linear {hidden} → {inner}\nGELU\nLinear {inner} → {hidden}"
    ax.text(2, 9.9, f"from the layer before  {shape}", ha="left", fontsize=9.5)
    _half(ax, 9.7, heads, BLUE)
    ax.text(2.2, 5.05, shape, fontsize=9.5, va="center")
    _half(ax, 5.0, steps, GREEN)
    ax.text(2, -0.1, f"to the next layer  {shape}", ha="left", fontsize=9.5)
    return ax


def _half(ax: Axes, top: float, side: str, colour: str) -> None:
    """From `top` down: a side way with the box `side`, the sum, LayerNorm."""
    arrow = {"arrowstyle": "-|>", "lw": 1.2}
    stream = {"arrowstyle": "-|>", "lw": 3, "color": ORANGE}
    box = {"boxstyle": "round,pad=0.4", "fc": PALE[colour], "ec": colour}
    plain = {"boxstyle": "round,pad=0.35", "fc": PALE[GREY], "ec": GREY}
    ring = {"boxstyle": "circle,pad=0.2", "fc": "white", "ec": ORANGE}
    middle = {"ha": "center", "va": "center"}
    ax.annotate("", (1.5, top - 2.55), (1.5, top + 0.2), arrowprops=stream)
    ax.plot([1.5, 6.4, 6.4], [top - 0.5, top - 0.5, top - 0.6], color="black", lw=1.2)
    ax.annotate("", (6.4, top - 0.95), (6.4, top - 0.5), arrowprops=arrow)
    ax.text(6.4, top - 1.6, side, fontsize=9.5, bbox=box, **middle)
    ax.plot([6.4, 6.4], [top - 1.6, top - 2.8], color="black", lw=1.2)
    ax.annotate("", (1.8, top - 2.8), (6.4, top - 2.8), arrowprops=arrow)
    ax.text(1.5, top - 2.8, "+", fontsize=12, bbox=ring, **middle)
    ax.annotate("", (1.5, top - 4.75), (1.5, top - 3.05), arrowprops=stream)
    ax.text(1.5, top - 3.75, "LayerNorm", fontsize=9.5, bbox=plain, **middle)


def activations(ax: Axes | None = None) -> Axes:
    """GELU, its form with tanh, and ReLU; small inside, what the form is off by."""
    ax = ax or new_axes(3.0)
    x = torch.linspace(-4, 4, 401, dtype=torch.float64)
    exact, form = gelu_formula(x), F.gelu(x, approximate="tanh")
    ax.plot(x, F.relu(x), color=GREY, ls=":", label="ReLU")
    ax.plot(x, exact, color=BLUE, lw=4, alpha=0.5, label="GELU")
    ax.plot(x, form, color=ORANGE, lw=1.2, ls="--", label="GELU, form with tanh")
    ax.axhline(0, color="black", lw=0.5)
    ax.set(xlim=(-4, 4), ylim=(-0.5, 4), xlabel="before", ylabel="after")
    ax.legend(frameon=False, loc="upper left", fontsize=9)
    inset = ax.inset_axes((0.09, 0.34, 0.34, 0.24))
    inset.plot(x, (form - exact) * 1000, color=ORANGE, lw=1)
    inset.axhline(0, color="black", lw=0.5)
    inset.set_title("tanh form − GELU, × 1000", fontsize=7.5)
    inset.tick_params(labelsize=7)
    return ax


def update_lengths(lengths: dict[str, list[float]], ax: Axes | None = None) -> Axes:
    """For each layer three bars side by side; `lengths` has a list for each kind."""
    ax = ax or new_axes(2.6)
    for i, (name, heights) in enumerate(lengths.items()):
        places = [layer + 0.27 * (i - 1) for layer in range(len(heights))]
        ax.bar(places, heights, 0.25, label=name, color=(ORANGE, BLUE, GREEN)[i])
    ax.set_xticks(range(len(heights)))
    ax.set(xlabel="layer", ylabel="mean length")
    ax.legend(frameon=False, fontsize=9)
    return ax


def over_layers(
    lines: dict[str, list[float]], ylabel: str, ax: Axes | None = None
) -> Axes:
    """A line for each name: its number at the embeddings and behind each layer."""
    ax = ax or new_axes(2.8)
    for i, (name, numbers) in enumerate(lines.items()):
        style = {"color": COLOURS[i % 4], "ls": DASHES[i % 4], "marker": "o"}
        ax.plot(range(len(numbers)), numbers, ms=4, label=name, **style)
    steps = max(map(len, lines.values()))
    names = ["emb.", *(str(layer) for layer in range(steps - 1))]
    ax.set_xticks(range(steps), names)
    ax.set(xlabel="behind layer", ylabel=ylabel)
    ax.set_ylim(0, 1.08 * max(map(max, lines.values())))
    ax.legend(frameon=False, fontsize=9)
    return ax


def token_maps(
    points: Tensor, tokens: list[str], named: list[int], in_question: Tensor
) -> list[Axes]:
    """The map of `project_layers` at four steps: embeddings, middle, last two layers.

    Args:
        points: (L + 1, T, 2).
        tokens: T of them; only those at the places `named` are written out.
        in_question: (T,), True for a token that is drawn in another colour.
    """
    _, axes = plt.subplots(
        2, 2, figsize=(WIDTH, 5.2), dpi=220, layout="constrained", sharex=True
    )
    for ax, step in zip(axes.flat, shown_steps(len(points)), strict=True):
        ax.set_title("embeddings" if step == 0 else f"behind layer {step - 1}")
        ax.title.set_fontsize(9.5)
        _one_map(ax, points[step], tokens, named, in_question)
    return list(axes.flat)


def shown_steps(steps: int) -> list[int]:
    """Four of `steps` steps: the first, one in the middle, and the last two."""
    return [0, steps // 2, max(steps - 2, 0), steps - 1]


def _one_map(
    ax: Axes, places: Tensor, tokens: list[str], named: list[int], asked: Tensor
) -> None:
    colours = [ORANGE if question else SKY for question in asked.tolist()]
    ax.scatter(*places.T.tolist(), c=colours, s=9)
    offset = {"textcoords": "offset points", "fontsize": 8}
    for turn, i in enumerate(named):
        x, y = places[i].tolist()
        ax.plot(x, y, "o", color=BLUE, ms=4)
        ax.annotate(tokens[i], (x, y), (3, -8 if turn % 2 else 2), **offset)
    ax.spines[["top", "right"]].set_visible(False)
    ax.margins(0.12)
    ax.tick_params(labelsize=7)
