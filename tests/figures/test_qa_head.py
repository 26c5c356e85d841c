import math

import pytest
from matplotlib.patches import Rectangle

from companion import figures

TOKENS = ["[CLS]", "Who", "?", "[SEP]", "My", "name", "is", "F", "##oo", "[SEP]"]


def rectangles(ax):
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def test_the_flow_shows_the_texts_own_sizes(embedded):
    ax = figures.span_flow(embedded[1].config, 81)
    shown = [text.get_text() for text in ax.texts]
    for shape in ["(81, 384)", "(81, 2)", "(81,) and (81,)", "(81, 81)"]:
        assert shape in shown


def test_two_strips_per_token_coloured_by_their_logits():
    starts, ends = list(range(10)), list(range(10, 20))
    ax = figures.logits_under_text(TOKENS, starts, ends)
    [words, *_] = [[t.get_text() for t in ax.texts]]
    assert words[:10] == [
        "[CLS]",
        "Who",
        "?",
        "[SEP]",
        *["My", "name", "is", "F", "oo", "[SEP]"],
    ]
    strips = rectangles(ax)
    colours = ax.collections[0]
    assert (colours.norm.vmin, colours.norm.vmax) == (0, 19)
    for i in range(10):
        start, end = strips[2 * i : 2 * i + 2]
        assert start.get_facecolor() == pytest.approx(colours.to_rgba(starts[i]))
        assert end.get_facecolor() == pytest.approx(colours.to_rgba(ends[i]))
        assert start.get_x() == end.get_x()
        assert start.get_y() > end.get_y()


def test_a_long_text_goes_on_in_the_next_line_and_pieces_stay_together():
    tokens = ["wonder", "##ful"] * 10
    ax = figures.logits_under_text(tokens, [0.0] * 20, [1.0] * 20)
    strips = rectangles(ax)[::2]
    assert strips[1].get_x() - strips[0].get_x() == pytest.approx(6)  # no space
    assert strips[2].get_x() - strips[0].get_x() == pytest.approx(10)
    assert len({strip.get_y() for strip in strips}) == 2
    assert max(s.get_x() + s.get_width() for s in strips) <= 54


def test_the_table_frames_the_best_span_and_crosses_the_best_ends():
    starts, ends = [0.3, 0.1, 0.5, 0.1], [0.1, 0.6, 0.2, 0.1]
    ax = figures.span_table(["a", "b", "c", "d"], starts, ends, longest=2)
    products = ax.images[0].get_array().tolist()
    assert products[2] == pytest.approx([0.05, 0.3, 0.1, 0.05])
    *struck, frame = rectangles(ax)
    cells = {(r.get_y() + 0.5, r.get_x() + 0.5) for r in struck}
    below = {(i, j) for i in range(4) for j in range(i)}
    assert cells == below | {(0, 2), (0, 3), (1, 3)}
    assert (frame.get_y() + 0.5, frame.get_x() + 0.5) == (0, 1)  # 0.3 times 0.6
    [cross] = ax.lines
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (1, 2)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c", "d"]


def test_the_points_lie_on_the_curve():
    ax = figures.cross_entropy({"start": 0.25, "end": 1.0})
    _, start, end = ax.lines
    assert start.get_ydata()[0] == pytest.approx(math.log(4))
    assert end.get_ydata()[0] == 0
    assert [text.get_text() for text in ax.texts] == ["start", "end"]
