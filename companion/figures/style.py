"""What all of the book's drawings share: one width, one set of colours, one map."""

import logging

# Said once on a machine whose fonts Matplotlib has not listed yet; no word for a page.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

WIDTH = 5.2  # inches; one width for all figures, readable on a phone
BLUE, ORANGE, GREEN, GREY = "#2a6f97", "#d9730d", "#4a7c59", "#6b7280"
SKY = "#8fc1de"
PALE = {BLUE: "#dbeaf3", ORANGE: "#fbe6d1", GREEN: "#dfeee3", GREY: "#eceef1"}
WEIGHTS = "viridis_r"  # the colour map for weights: even to the eye, readable in grey


def new_axes(height: float) -> Axes:
    """An empty Axes of the book's width, `height` inches high, sharp on any screen."""
    _, ax = plt.subplots(figsize=(WIDTH, height), dpi=220, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def box(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    """A rounded box around `text`, its middle at (x, y)."""
    frame = {"boxstyle": "round,pad=0.4", "fc": PALE[colour], "ec": colour}
    ax.text(x, y, text, ha="center", va="center", fontsize=8.5, bbox=frame)


def arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """An arrow from `start` to `end`."""
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>"})


def column_of_steps(ax: Axes, steps: list[tuple[str, str, str]]) -> Axes:
    """Boxes from top to bottom: what is done, the shape after it, the colour."""
    ax.set(xlim=(0, 10), ylim=(0.3 - len(steps), 0.5))
    ax.axis("off")
    for i, (text, shape, colour) in enumerate(steps):
        frame = {"boxstyle": "round,pad=0.4", "fc": PALE[colour], "ec": colour}
        ax.text(3.3, -i, text, ha="center", va="center", fontsize=9.5, bbox=frame)
        ax.text(7.1, -i, shape, va="center", fontsize=9.5)
        if i:
            arrow(ax, (3.3, -i + 0.72), (3.3, -i + 0.28))
    return ax
