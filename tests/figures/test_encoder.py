import itertools
import math
from itertools import pairwise

import matplotlib as mpl
import pytest
import torch

from companion import figures
from companion.figures.encoder import shown_steps
from companion.figures.style import ORANGE


def test_a_layer_shows_the_models_own_sizes(embedded):
    ax = figures.layer_flow(embedded[1].config, 10)
    shown = [text.get_text() for text in ax.texts]
    assert "Linear 384 → 1536\nGELU\nLinear 1536 → 384" in shown
    assert "attention\n12 heads, Linear" in shown
    assert shown.count("+") == shown.count("LayerNorm") == 2
    assert sum("(1, 10, 384)" in text for text in shown) == 3


def test_gelu_lies_on_its_formula_and_relu_beside_it():
    ax = figures.activations()
    relu, gelu = ax.lines[:2]
    x, exact = gelu.get_data()
    wanted = [v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    assert exact.tolist() == pytest.approx(wanted, abs=1e-12)
    assert relu.get_ydata().tolist() == [max(v, 0) for v in x.tolist()]


def test_four_bars_per_layer():
    lengths = {"before": [3.0, 4.0], "attention": [1.0, 2.0], "between": [3.5, 3.0]}
    lengths["feed-forward"] = [0.5, 0.25]
    ax = figures.update_lengths(lengths)
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]
    assert heights == list(lengths.values())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(lengths)
    sides = sorted((bar.get_x(), bar.get_width()) for b in ax.containers for bar in b)
    assert all(x + width <= right for (x, width), (right, _) in pairwise(sides))


def test_a_line_for_each_name_from_the_embeddings_on():
    ax = figures.over_layers({"a": [1.0, 0.5, 0.2], "b": [0.0, 0.1, 0.3]}, "y")
    drawn = [line.get_ydata() for line in ax.lines]
    assert [list(d) for d in drawn] == [[1.0, 0.5, 0.2], [0.0, 0.1, 0.3]]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["emb.", "0", "1"]


def test_shares_of_right_answers_with_bands_of_two_standard_errors():
    rights = {
        "own head": {"mean": [0.0, 0.5], "error": [0.0, 0.02]},
        "fitted head": {"mean": [0.1, 0.6], "error": [0.01, 0.03]},
    }
    ax = figures.right_after_layers(rights)
    assert [list(line.get_ydata()) for line in ax.lines] == [[0.0, 0.5], [0.1, 0.6]]
    for band, line, right in zip(
        ax.collections, ax.lines, rights.values(), strict=True
    ):
        corners = band.get_paths()[0].vertices[:, 1].tolist()
        for mean, error in zip(right["mean"], right["error"], strict=True):
            assert any(c == pytest.approx(mean - 2 * error) for c in corners)
            assert any(c == pytest.approx(mean + 2 * error) for c in corners)
        assert mpl.colors.same_color(
            band.get_facecolor()[0][:3], mpl.colors.to_rgb(line.get_color())
        )
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(rights)


def test_four_maps_with_each_token_at_its_place():
    points = torch.arange(7 * 3 * 2.0).reshape(7, 3, 2)
    question = torch.tensor([True, False, False])
    shares = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    maps = figures.token_maps(points, shares, ["a", "b", "c"], [2], question)
    for ax, step in zip(maps, (0, 3, 5, 6), strict=True):
        dots = ax.collections[0]
        assert dots.get_offsets().tolist() == points[step].tolist()
        assert mpl.colors.to_hex(dots.get_facecolors()[0]) == ORANGE
        assert [text.get_text() for text in ax.texts] == ["c"]
        assert tuple(ax.texts[0].xy) == tuple(points[step, 2].tolist())
        assert f"{shares[step]:.0%}" in ax.get_title()
    titles = [ax.get_title() for ax in maps]
    assert titles[::3] == ["embeddings: 10%", "after layer 5: 70%"]


@pytest.mark.slow
def test_labels_of_a_map_never_lie_on_each_other():
    """Five tokens nearly at one place, and one far away."""
    places = [[0.0, 0.0], [0.01, 0.01], [0.0, 0.02], [0.02, 0.0], [0.01, 0.0], [9, 9]]
    points = torch.tensor(places).expand(4, 6, 2)
    tokens = ["museum", "Anton", "Bergen", "Lisbon", "Oslo", "far"]
    nobody = torch.zeros(6).bool()
    maps = figures.token_maps(points, [0.5] * 4, tokens, list(range(6)), nobody)
    for ax in maps:
        ax.figure.canvas.draw()
        names = [text for text in ax.texts if text.get_text()]
        assert [name.get_text() for name in names] == tokens
        raised = [name for name in names if name.xyann[1]]
        lines = [text.xyann for text in ax.texts if not text.get_text()]
        assert lines == [name.xyann for name in raised] != []
        extents = [name.get_window_extent() for name in names]
        dots = ax.transData.transform(places)
        for extent in extents:
            assert ax.bbox.x0 < extent.x0
            assert extent.x1 < ax.bbox.x1
            assert not any(extent.contains(*dot) for dot in dots)
        for one, other in itertools.combinations(extents, 2):
            assert not one.overlaps(other)


def test_four_steps_of_any_number():
    assert shown_steps(13) == [0, 6, 11, 12]
    assert shown_steps(4) == [0, 2, 2, 3]
    assert shown_steps(2) == [0, 1, 0, 1]
