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
