"""What holds for every figure; each chapter's own tests are beside."""

import importlib
import inspect
import io
import itertools
import sys

import pytest
from drawn import DRAWN
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.text import Text

from companion import figures
from companion.figures.style import SIGNED, WEIGHTS

PIXELS = 366  # as wide is a figure at least on a page of 390; see tests/book/
SMALLEST = 9.5  # of a letter there, in pixels


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("companion.figures")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "inside-bert\[figures\]"'):
        importlib.import_module("companion.figures")


@pytest.mark.parametrize("name", figures.__all__)
def test_a_figure_takes_data_and_returns_its_axes(name):
    signature = inspect.signature(getattr(figures, name))
    assert signature.return_annotation in (Axes, list[Axes])
    assert Axes not in {p.annotation for p in signature.parameters.values()}


@pytest.fixture(scope="module")
def stored(request, embedded):
    """A figure, and its pixels as a notebook stores them, (height, width, 4).

    Once for all tests, which pytest sorts by figure for that.
    """
    axes = DRAWN[request.param](embedded)
    figure = (axes[0] if isinstance(axes, list) else axes).figure
    file = io.BytesIO()
    figure.savefig(file, bbox_inches="tight")  # with what stands out at the sides
    file.seek(0)
    return figure, imread(file)


def texts(figure):
    """The texts of a figure that are to be seen."""
    return [text for ax in figure.axes for text in written(ax) if text.get_text()]


def written(ax):
    """An axes' own texts, those of its legend, and the ticks' in what it shows."""
    yield from ax.texts
    yield from ax.get_legend().findobj(Text) if ax.get_legend() else []
    if ax.axison:
        yield from (ax.title, ax.xaxis.label, ax.yaxis.label)
        for axis in (ax.xaxis, ax.yaxis):
            low, high = sorted(axis.get_view_interval())
            pairs = zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=False)
            shown = (label for at, label in pairs if low <= at <= high)
            yield from (label for label in shown if label.get_visible())


@pytest.mark.slow
@pytest.mark.parametrize("stored", figures.__all__, indirect=True)
def test_on_a_phone_each_letter_is_large_enough(stored):
    drawn, image = stored
    smallest = min(text.get_fontsize() for text in texts(drawn)) * drawn.dpi / 72
    assert smallest * min(PIXELS / image.shape[1], 0.5) >= SMALLEST


@pytest.mark.slow
@pytest.mark.parametrize("stored", figures.__all__, indirect=True)
def test_no_text_lies_on_another(stored):
    drawn, _ = stored
    boxes = [(text.get_text(), inked(text)) for text in texts(drawn)]
    for (one, box), (other, its) in itertools.combinations(boxes, 2):
        assert not box.overlaps(its), (one, other)


def inked(text):
    """Where a text's letters are, without the room above and below them."""
    extent = text.get_window_extent()
    upright = round(text.get_rotation()) % 180 == 0
    width, height = (0.95, 0.72) if upright else (0.72, 0.95)
    return extent.shrunk(width, height).anchored("C", container=extent)


@pytest.mark.slow
@pytest.mark.parametrize("stored", figures.__all__, indirect=True)
def test_a_figure_stands_on_the_pages_own_ground(stored):
    """So that it is no white card in the dark."""
    drawn, image = stored
    grounds = [drawn, *drawn.axes]
    assert [ground.get_facecolor()[3] for ground in grounds] == [0.0] * len(grounds)
    assert (image[..., 3] == 0).mean() > 0.15


def over(colour, ground):
    """The lightness, 0 to 1, of a colour that lets the ground shine through."""
    parts = zip(to_rgb(colour), to_rgb(ground), (0.2126, 0.7152, 0.0722), strict=True)
    return sum((colour[3] * c + (1 - colour[3]) * g) * w for c, g, w in parts)


def test_nothing_is_the_ground_and_more_is_darker():
    assert WEIGHTS(0.0)[3] == SIGNED(0.5)[3] == 0
    for half in ([0.5 + i / 40 for i in range(21)], [0.5 - i / 40 for i in range(21)]):
        lights = [over(SIGNED(value), "white") for value in half]
        assert lights == sorted(lights, reverse=True)
    lights = [over(WEIGHTS(i / 20), "white") for i in range(21)]
    steps = [a - b for a, b in itertools.pairwise(lights)]
    assert min(steps) > 0.02


def test_above_zero_is_orange_and_below_purple():
    red, _, blue, _ = SIGNED(0.8)
    assert red > blue
    red, _, blue, _ = SIGNED(0.2)
    assert red < blue
