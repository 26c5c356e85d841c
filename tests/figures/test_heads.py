import torch

from companion import figures


def test_a_table_for_each_kind_of_head():
    tables = {name: torch.rand(6, 12) for name in ("previous", "next", "[CLS]", "same")}
    ax = figures.head_kinds(tables)
    for image, table in zip(ax.images, tables.values(), strict=True):
        assert torch.allclose(torch.tensor(image.get_array().tolist()), table)
    assert {"previous", "next", "[CLS]", "same"} <= {t.get_text() for t in ax.texts}


def test_effects_are_drawn_around_zero():
    effects = torch.tensor([[0.5, -2.0], [1.0, 0.0]])
    ax = figures.head_effects(effects)
    image = ax.images[0]
    assert image.get_clim() == (-2, 2)
    assert image.get_array().tolist() == effects.tolist()
    red, _, blue, _ = image.cmap(image.norm(-2.0))
    assert red < blue  # a loss is purple, as all below zero


def test_each_measure_is_scaled_by_its_largest():
    rows = {"weights": torch.tensor([1.0, 2, 4]), "rollout": torch.tensor([0.3, 0, 0])}
    ax = figures.token_measures(["a", "b", "c"], rows)
    assert ax.images[0].get_array().tolist() == [[0.25, 0.5, 1], [1, 0, 0]]


def test_bars_are_means_and_whiskers_two_errors():
    rows = {
        "weights": {"mean": 0.4, "error": 0.01},
        "left out": {"mean": 0.6, "error": 0.02},
    }
    ax = figures.agreement(rows)
    bars = ax.containers[-1] if len(ax.containers) > 1 else ax.containers[0]
    assert [bar.get_width() for bar in bars] == [0.4, 0.6]


def test_a_line_is_as_dark_as_its_weight():
    weights = torch.tensor([[0.25, 0.75], [1.0, 0.0]])
    ax = figures.attention_lines(["a", "b"], weights)
    drawn = {(*line.get_ydata(),): line.get_alpha() for line in ax.lines}
    assert drawn == {(0, 0): 0.25, (0, 1): 0.75, (1, 0): 1.0, (1, 1): 0.0}
    assert [text.get_text() for text in ax.texts] == ["a", "b", "a", "b"]


def test_each_head_has_its_place_on_the_sheet():
    weights = torch.rand(2, 3, 4, 4)
    ax = figures.all_heads(weights)
    sheet = torch.tensor(ax.images[0].get_array().filled(-1).tolist())
    assert sheet.shape == (10, 15)
    assert torch.allclose(sheet[5:9, 10:14], weights[1, 2])
    assert len(ax.get_xticks()) == 3


def test_a_product_for_each_number_of_a_key():
    products = torch.tensor([[0.5, -2.0], [1.0, 0.0], [0.1, -0.5]])
    ax = figures.query_times_keys(["a", "b", "c"], products)
    assert ax.images[0].get_array().tolist() == products.tolist()
    assert ax.images[0].get_clim() == (-2, 2)
    assert [text.get_text() for text in ax.texts] == ["-2", "1", "0", "sum"]
