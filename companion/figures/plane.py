"""Chapter 4's examples with two numbers per token: vectors as arrows in the plane."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator
from torch import Tensor

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    Point,
    arrow,
    new_axes,
    new_panels,
)


def query_and_mixture(
    names: list[str], query: Tensor, keys: Tensor, weights: Tensor, values: Tensor
) -> list[Axes]:
    """Draw one query among the keys, and how its weights mix the values, in the plane.

    Args:
        names: T of them.
        query: (2,).
        keys, values: (T, 2) each.
        weights: (T,), what the query gives each token.
    """
    asks, gets = new_panels(2.6, columns=2)
    for name, key in zip(names, keys.tolist(), strict=True):
        _vector(asks, (0, 0), key, ORANGE, name)
    _vector(asks, (0, 0), query.tolist(), BLUE, "query")
    _plane(asks, "query and keys", (-1.8, 2), (-0.8, 1.9))
    for name, value in zip(names, values.tolist(), strict=True):
        _vector(gets, (0, 0), value, GREY, name, lw=0.8)
    tail = values.new_zeros(2)
    for i in weights.argsort(descending=True).tolist():  # each part starts at the last
        tip = tail + weights[i] * values[i]
        _vector(gets, tail.tolist(), tip.tolist(), GREEN, "")
        tail = tip
    _vector(gets, (0, 0), tail.tolist(), BLUE, "mixture", is_sum=True)
    _plane(gets, "values and their mixture", (-2.3, 4.2), (-0.7, 3.6))
    return [asks, gets]


def one_head_or_two(names: list[str], values: Tensor) -> Axes:
    """Draw where one head's mixtures of two values lie, and what two heads can get.

    Args:
        names: two of them.
        values: (2, 2). One head's mixtures lie on the line between the two; two heads
            take the first number of the one and the second of the other.
    """
    ax = new_axes(2.9)
    for name, value in zip(names, values.tolist(), strict=True):
        _vector(ax, (0, 0), value, GREY, name, lw=0.8)
    shares = values.new_tensor([0, 0.25, 0.5, 0.75, 1])[:, None]
    xs, ys = (shares * values[0] + (1 - shares) * values[1]).T.tolist()
    ax.plot(xs, ys, "o-", color=ORANGE, ms=4)
    beside: dict[str, Any] = {"textcoords": "offset points"}
    ax.annotate("one head", (xs[2], ys[2]), (7, 2), color=ORANGE, **beside)
    both = float(values[0, 0]), float(values[1, 1])
    ax.plot(*both, "s", color=BLUE, ms=7)
    ax.annotate("two heads", both, (8, -3), color=BLUE, **beside)
    _plane(ax, "", (0, 4.4), (0, 3.7))
    return ax


def _vector(
    ax: Axes,
    tail: Any,
    tip: Any,
    colour: str,
    name: str,
    lw: float = 1.4,
    is_sum: bool = False,
) -> None:
    """Draw an arrow of the plane, its name beyond the tip."""
    arrow(ax, tuple(tail), tuple(tip), shrinkA=0, shrinkB=0, color=colour, lw=lw)
    length = max((tip[0] ** 2 + tip[1] ** 2) ** 0.5, 1e-9)
    x, y = tip[0] / length, tip[1] / length
    beside = 8 * (abs(y) < 0.1), 20 * (abs(x) < 0.1)  # the axis is no name's ground
    place = (7 + 3 * len(name)) * x + beside[1], 10 * y + beside[0]
    place = (28.0, 5.0) if is_sum else place  # where the parts are not
    centred: dict[str, Any] = {"ha": "center", "va": "center"}
    if name:
        ax.annotate(
            name, tuple(tip), place, textcoords="offset points", color=colour, **centred
        )


def _plane(ax: Axes, title: str, xlim: Point, ylim: Point) -> None:
    """Give an Axes equal steps in both directions, and lines through the origin."""
    ax.set(xlim=xlim, ylim=ylim, aspect="equal")
    ax.set_title(title, fontsize=10)
    ax.axhline(0, color=GREY, lw=0.5, zorder=0)
    ax.axvline(0, color=GREY, lw=0.5, zorder=0)
    ax.xaxis.set_major_locator(MultipleLocator(1))
    ax.yaxis.set_major_locator(MultipleLocator(1))
