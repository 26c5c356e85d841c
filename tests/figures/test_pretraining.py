import math

import pytest

from companion import figures


def test_the_flow_shows_the_sizes_it_is_given():
    shown = [text.get_text() for text in figures.guessing_flow(9, 384, 28_996).texts]
    assert {"ids (1, 9)", "(1, 9, 384)", "(1, 9, 28,996)", "(28,996,)"} <= set(shown)


def test_the_line_touches_the_curve_with_the_slope_it_is_given():
    curve, line, dot = figures.slope_at(lambda w: (w - 3) ** 2, 5.0, slope=4.0).lines
    assert max(curve.get_ydata()) == pytest.approx((7 - 3) ** 2)
    (x0, x1), (y0, y1) = line.get_data()
    assert (y1 - y0) / (x1 - x0) == pytest.approx(4)
    assert (y0 + y1) / 2 == pytest.approx(4)
    assert dot.get_data() == ([5.0], [4.0])


def test_the_two_lines_are_the_logarithm_and_the_entropy():
    losses = [3.5, 3.0, 2.0]
    each, mean, random, frequencies = figures.resting_curve(losses, 39, 2.99).lines
    assert list(each.get_ydata()) == losses
    assert mean.get_ydata()[1] == pytest.approx(sum(losses) / 3)
    assert set(random.get_ydata()) == {math.log(39)}
    assert set(frequencies.get_ydata()) == {2.99}


def test_each_body_has_its_bar():
    ax = figures.bodies_that_guess({"word frequencies": 5.0, "guesser": 38.0})
    assert [bar.get_width() for bar in ax.patches] == [5.0, 38.0]
    assert [t.get_text() for t in ax.get_yticklabels()] == [
        "word frequencies",
        "guesser",
    ]
