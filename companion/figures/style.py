"""What all of the book's drawings share: width, colours, boxes and arrows."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import FancyBboxPatch

WIDTH = 5.2  # inches; one width for all figures, so that letters of 10 points are
# legible on a phone. No text is smaller; that is Matplotlib's own size.
BLUE, ORANGE, GREEN, GREY = "#2a6f97", "#d9730d", "#4a7c59", "#6b7280"
SKY = "#8fc1de"
PALE = {BLUE: "#dbeaf3", ORANGE: "#fbe6d1", GREEN: "#dfeee3", GREY: "#eceef1"}
# Nothing looks like nothing: at zero both maps are transparent (the 00 in #2a6f9700),
# so that one sees the page, be it white or dark. From there on they darken evenly.
WEIGHTS = LinearSegmentedColormap.from_list(
    "weights", [(0, "#2a6f9700"), (0.72, BLUE), (1, "#0d3352")], N=256
)
SIGNED = LinearSegmentedColormap.from_list(  # orange above zero, purple below
    "signed",
    [
        *[(0, "#331a61"), (0.14, "#6b4ca8"), (0.5, "#6b4ca800")],
        *[(0.5, "#c4610500"), (0.86, "#c46105"), (1, "#6b2f00")],
    ],
    N=257,
)

Point = tuple[float, float]


def new_panels(height: float, rows: int = 1, columns: int = 1) -> list[Axes]:
    """Make Axes on a transparent figure of the book's width, sharp on any screen.

    Args:
        height: of the whole figure, in inches.
        rows, columns: of panels; those below each other share their x axis.
    """
    _, axes = plt.subplots(
        rows,
        columns,
        figsize=(WIDTH, height),
        dpi=220,
        layout="constrained",
        facecolor="none",
        squeeze=False,
        sharex=rows > 1 and columns == 1,
    )
    for ax in axes.flat:
        ax.set_facecolor("none")
        ax.spines[["top", "right"]].set_visible(False)
    return list(axes.flat)


def new_axes(height: float) -> Axes:
    """Make one Axes of the book's width, `height` inches high."""
    return new_panels(height)[0]


def scale(ax: Axes, picture: Any, **look: Any) -> Any:
    """Draw the scale of a map's colours beside it, on the page's own ground.

    Args:
        ax: with the map.
        picture: what `ax.imshow` returned.
        look: what Matplotlib's `colorbar` takes.
    """
    bar = ax.figure.colorbar(picture, ax=ax, **look)
    bar.ax.set_facecolor("none")
    return bar


def frame(ax: Axes) -> None:
    """Draw a thin line around a table, whose empty cells look like the page."""
    ax.spines[:].set(visible=True, color=GREY, linewidth=0.6)


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
    size: float = 10,
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
    column(ax, 3.05, [(text, colour) for text, _, colour in steps], 10, 0.28)
    for i, (_, shape, _) in enumerate(steps):
        ax.text(6.4, -i, shape, va="center")
    return ax
