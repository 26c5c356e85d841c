import math

import pytest
import torch
from transformers import BertConfig

from companion import figures

TOKENS = ["[CLS]", "Who", "?"]


def test_the_flow_shows_the_shape_at_each_step():
    ax = figures.attention_flow(BertConfig(), 10)
    shown = [text.get_text() for text in ax.texts]
    pieces = [text for text in shown if "(1, 12, 10, 64)" in text]
    assert len(pieces) == 4  # queries, keys, values, and what is gathered
    assert shown.count("(1, 12, 10, 10)") == 2  # scores, weights
    assert "queries · keys / √64" in shown
    assert sum("(1, 10, 768)" in text for text in shown) == 4


def test_one_query_shows_each_tokens_weight_and_score():
    scores = torch.tensor([1.0, -4.04, 2.96])
    weights = scores.softmax(dim=0)
    ax = figures.one_query(TOKENS, scores, weights)
    heights = [bar.get_height() for bar in ax.containers[0]]
    assert heights == pytest.approx(weights.tolist())
    assert [text.get_text() for text in ax.texts] == ["1.0", "-4.0", "3.0"]


def test_three_scales_give_three_rows_of_weights():
    products = torch.tensor([8.0, 0.0, 4.0])
    ax = figures.scale_effect(TOKENS, products, 16)
    for bars, scale in zip(ax.containers, (16, 4, 1), strict=True):
        powers = [math.exp(p / scale) for p in products.tolist()]
        heights = [bar.get_height() for bar in bars]
        assert heights == pytest.approx([p / sum(powers) for p in powers])


def test_each_map_stands_in_its_place_with_its_title():
    weights = torch.rand(5, 3, 3)
    ax = figures.weight_maps(TOKENS, weights, [f"head {i}" for i in range(5)])
    drawn = torch.tensor(ax.images[0].get_array().filled(math.nan).tolist())
    for i, tile in enumerate(weights):
        y, x = 5 * (i // 3) + 2, 5 * (i % 3)
        assert torch.allclose(drawn[y : y + 3, x : x + 3], tile)
    assert int(drawn.isnan().logical_not().sum()) == 5 * 9
    assert [text.get_text() for text in ax.texts] == [f"head {i}" for i in range(5)]
    assert [t.get_text() for t in ax.get_yticklabels()] == TOKENS * 2


def test_the_quadratic_share_is_a_half_at_six_times_the_hidden_size():
    config = BertConfig()  # I = 4 H, so a layer has 12 H * H
    ax = figures.quadratic_share(config, 4608)
    xs, ys = ax.lines[0].get_data()
    assert list(ys) == sorted(ys)
    at = min(range(len(xs)), key=lambda i: abs(xs[i] - 6 * config.hidden_size))
    assert ys[at] == pytest.approx(0.5, abs=2e-3)
