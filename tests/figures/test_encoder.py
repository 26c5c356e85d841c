import math

import matplotlib as mpl
import numpy as np
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


def test_gelu_lies_on_its_formula_and_its_tanh_form_close_by():
    ax = figures.activations()
    relu, gelu, form = ax.lines[:3]
    x, exact = gelu.get_data()
    wanted = [v * 0.5 * (1 + math.erf(v / math.sqrt(2))) for v in x.tolist()]
    assert exact.tolist() == pytest.approx(wanted, abs=1e-12)
    assert relu.get_ydata().tolist() == [max(v, 0) for v in x.tolist()]
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
    tanh = 0.5 * x * (1 + np.tanh(inner))
    assert form.get_ydata().tolist() == pytest.approx(tanh.tolist(), abs=1e-12)
    off = ax.child_axes[0].lines[0].get_ydata()
    assert off.tolist() == pytest.approx(((tanh - exact) * 1000).tolist(), abs=1e-8)


def test_three_bars_per_layer():
    lengths = {"stream": [3.0, 4.0], "attention": [1.0, 2.0], "rest": [0.5, 0.25]}
    ax = figures.update_lengths(lengths)
    heights = [[bar.get_height() for bar in bars] for bars in ax.containers]
    assert heights == list(lengths.values())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(lengths)


def test_a_line_for_each_name_from_the_embeddings_on():
    ax = figures.over_layers({"a": [1.0, 0.5, 0.2], "b": [0.0, 0.1, 0.3]}, "y")
    drawn = [line.get_ydata() for line in ax.lines]
    assert [list(d) for d in drawn] == [[1.0, 0.5, 0.2], [0.0, 0.1, 0.3]]
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["emb.", "0", "1"]


def test_four_maps_with_each_token_at_its_place():
    points = torch.arange(7 * 3 * 2.0).reshape(7, 3, 2)
    question = torch.tensor([True, False, False])
    maps = figures.token_maps(points, ["a", "b", "c"], [2], question)
    for ax, step in zip(maps, (0, 3, 5, 6), strict=True):
        dots = ax.collections[0]
        assert dots.get_offsets().tolist() == points[step].tolist()
        assert mpl.colors.to_hex(dots.get_facecolors()[0]) == ORANGE
        assert [text.get_text() for text in ax.texts] == ["c"]
        assert tuple(ax.texts[0].xy) == tuple(points[step, 2].tolist())
    assert [ax.get_title() for ax in maps][::3] == ["embeddings", "after layer 5"]


def test_four_steps_of_any_number():
    assert shown_steps(13) == [0, 6, 11, 12]
    assert shown_steps(4) == [0, 2, 2, 3]
    assert shown_steps(2) == [0, 1, 0, 1]
