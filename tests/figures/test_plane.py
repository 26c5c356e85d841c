import pytest
import torch

from companion import figures

VALUES = torch.tensor([[-1.0, 0.0], [3.0, 1.0], [1.0, 3.0]])


def arrows(ax):
    """Tail and tip of each arrow, in the order in which they were drawn."""
    return [(*t.xyann, *t.xy) for t in ax.texts if t.arrow_patch is not None]


def names(ax):
    return {t.get_text(): t.xy for t in ax.texts if t.get_text()}


def test_the_parts_of_the_values_lead_to_the_mixture():
    keys, query = torch.tensor([[-1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), torch.ones(2)
    weights = torch.tensor([0.1, 0.6, 0.3])
    asks, gets = figures.query_and_mixture(
        ["a", "b", "c"], query, keys, weights, VALUES
    )
    assert arrows(asks) == [(0, 0, -1, 0), (0, 0, 1, 1), (0, 0, 0, 1), (0, 0, 1, 1)]
    *whole, first, second, third, mixture = arrows(gets)
    assert [tip for *_, x, y in whole for tip in [[x, y]]] == VALUES.tolist()
    assert first == pytest.approx((0, 0, 1.8, 0.6))  # the largest weight comes first
    assert second == pytest.approx((1.8, 0.6, 2.1, 1.5))
    assert third == pytest.approx((2.1, 1.5, 2.0, 1.5))
    assert mixture == pytest.approx((0, 0, *(weights @ VALUES).tolist()))
    assert set(names(asks)) == {"a", "b", "c", "query"}
    assert names(gets)["mixture"] == pytest.approx((2.0, 1.5))


def test_one_head_stays_on_the_line_between_the_values():
    ax = figures.one_head_or_two(["b", "c"], VALUES[1:])
    line, point = (line.get_xydata().tolist() for line in ax.lines[:2])
    assert line == [[1, 3], [1.5, 2.5], [2, 2], [2.5, 1.5], [3, 1]]
    assert point == [[3, 3]]  # the first number of b, the second of c
    assert names(ax)["two heads"] == (3, 3)
