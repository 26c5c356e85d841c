"""What all of the book's drawings share: width, colours, boxes and arrows."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

WIDTH = 5.2  # inches; one width for all figures, readable on a phone
BLUE, ORANGE, GREEN, GREY = "#2a6f97", "#d9730d", "#4a7c59", "#6b7280"
SKY = "#8fc1de"
PALE = {BLUE: "#dbeaf3", ORANGE: "#fbe6d1", GREEN: "#dfeee3", GREY: "#eceef1"}
WEIGHTS = "viridis_r"  # the colour map for weights: even to the eye, readable in grey
SIGNED = "PuOr_r"  # for what goes both ways: orange above zero, white, purple below

Point = tuple[float, float]


def new_axes(height: float) -> Axes:
    """Make an Axes of the book's width, `height` inches high, sharp on any screen."""
    _, ax = plt.subplots(figsize=(WIDTH, height), dpi=220, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def new_drawing(height: float, xlim: Point, ylim: Point) -> Axes:
    """Make an Axes without its frame, to draw boxes and arrows on."""
    ax = new_axes(height)
    ax.set(xlim=xlim, ylim=ylim)
    ax.axis("off")
    return ax


def box(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    colour: str,
    size: float = 8.5,
    shape: str = "round,pad=0.4",
) -> None:
    """Draw a box around `text`, its middle at (x, y); `size` is the font's."""
    frame = {"boxstyle": shape, "fc": PALE[colour], "ec": colour}
    ax.text(x, y, text, ha="center", va="center", fontsize=size, bbox=frame)


def arrow(ax: Axes, start: Point, end: Point, **look: Any) -> None:
    """Draw an arrow from `start` to `end`; `look` is what a FancyArrowPatch takes."""
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", **look})


def rounded(
    ax: Axes, corner: Point, width: float, height: float, radius: float, **look: Any
) -> None:
    """Draw a rounded rectangle from its lower left corner, in the units of the axes."""
    shape = f"round,pad=0,rounding_size={radius}"
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=shape, **look))


def column(
    ax: Axes, x: float, boxes: list[tuple[str, str]], size: float, gap: float
) -> None:
    """Draw boxes from y = 0 down, one per unit, with an arrow from each to the next.

    Args:
        ax: to draw on.
        x: the middle of the boxes.
        boxes: text and colour of each.
        size: of the font.
        gap: between an arrow's end and the middle of a box.
    """
    for i, (text, colour) in enumerate(boxes):
        box(ax, x, -i, text, colour, size)
        if i:
            arrow(ax, (x, -i + 1 - gap), (x, -i + gap))


def column_of_steps(steps: list[tuple[str, str, str]], height: float) -> Axes:
    """Draw boxes from top to bottom: what is done, the shape after it, the colour."""
    ax = new_drawing(height, (0, 10), (0.3 - len(steps), 0.5))
    column(ax, 3.3, [(text, colour) for text, _, colour in steps], 9.5, 0.28)
    for i, (_, shape, _) in enumerate(steps):
        ax.text(7.1, -i, shape, va="center", fontsize=9.5)
    return ax
