import math

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


def test_each_map_stands_in_its_place_with_its_title():
    weights = torch.rand(5, 3, 3)
    ax = figures.weight_maps(TOKENS, weights, [f"head {i}" for i in range(5)])
    drawn = torch.tensor(ax.images[0].get_array().filled(math.nan).tolist())
    for i, tile in enumerate(weights):
        y, x = 5 * (i // 3) + 2, 4 * (i % 3)
        assert torch.allclose(drawn[y : y + 3, x : x + 3], tile)
    assert int(drawn.isnan().logical_not().sum()) == 5 * 9
    assert [text.get_text() for text in ax.texts] == [f"head {i}" for i in range(5)]
    assert [t.get_text() for t in ax.get_yticklabels()] == TOKENS * 2
