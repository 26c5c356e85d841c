import pytest
import torch
from examples import examples
from hypothesis import given
from small_berts import cases
from torch import nn
from torch.nn import functional as F
from transformers import RobertaConfig, RobertaModel

from companion import embeddings

IDS = torch.tensor([[101, 2627, 136, 102]])


@given(cases(dtype=torch.float64))
@examples(20)
def test_the_terms_add_up_to_what_the_library_makes(case):
    module = case.model.bert.embeddings
    inputs = {k: v for k, v in case.inputs.items() if k != "attention_mask"}
    terms = embeddings.embed(module, **inputs)
    added = terms.words + terms.token_types + terms.positions
    torch.testing.assert_close(module.LayerNorm(added), terms.output)
    torch.testing.assert_close(module(**inputs), terms.output)


def test_a_look_up_is_a_product_with_a_one_hot_row(embedded):
    table = embedded[1].bert.embeddings.word_embeddings
    one_hot = F.one_hot(IDS, table.num_embeddings).to(table.weight.dtype)
    torch.testing.assert_close(embeddings.look_up(table, IDS), one_hot @ table.weight)


def test_layer_norm_equals_its_formula():
    torch.manual_seed(0)
    module = nn.LayerNorm(12, eps=1e-12).double()
    nn.init.normal_(module.weight)
    nn.init.normal_(module.bias)
    vectors = 5 + 3 * torch.randn(2, 7, 12, dtype=torch.float64)
    mean = vectors.mean(dim=-1, keepdim=True)
    variance = (vectors - mean).pow(2).mean(dim=-1, keepdim=True)
    wanted = (vectors - mean) / variance.sqrt() * module.weight + module.bias
    torch.testing.assert_close(embeddings.layer_norm(module, vectors), wanted)
    plain = embeddings.layer_norm(nn.LayerNorm(12, eps=1e-12).double(), vectors)
    torch.testing.assert_close(plain.mean(-1), torch.zeros(2, 7, dtype=torch.float64))
    spread = plain.std(-1, correction=0)
    torch.testing.assert_close(spread, torch.ones_like(spread))


def test_a_vector_of_equal_numbers_does_not_divide_by_zero():
    module, vectors = nn.LayerNorm(4, eps=1e-12), torch.full((1, 1, 4), 7.0)
    assert embeddings.layer_norm(module, vectors).abs().max() == 0


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"input_ids": [[101]]}, TypeError, "input_ids must be a tensor, not list"),
        ({"input_ids": IDS.float()}, TypeError, r"int32 or int64, not torch\.float32"),
        ({"input_ids": IDS[0]}, ValueError, r"input_ids.*shape \(B, T\).*not \(4,\)"),
        ({"input_ids": IDS[:, :0]}, ValueError, r"at least \(1, 1\), not \(1, 0\)"),
        (
            {"input_ids": IDS * 100},
            ValueError,
            r"\[0, 1\] is 262700, wanted 0 to 28,995",
        ),
        ({"input_ids": -IDS}, ValueError, r"input_ids\[0, 0\] is -101"),
        (
            {"input_ids": IDS.repeat(1, 129)},
            ValueError,
            "516 tokens.*positions for 512",
        ),
        ({"token_type_ids": IDS}, ValueError, r"token_type_ids\[0, 0\] is 101"),
        ({"token_type_ids": IDS[:, 1:]}, ValueError, r"token_type_ids.*shape \(1, 4\)"),
        (
            {"position_ids": IDS * 9},
            ValueError,
            r"position_ids\[0, 0\] is 909.*0 to 511",
        ),
        ({"position_ids": IDS[:, 1:]}, ValueError, r"position_ids.*shape \(1, 4\)"),
    ],
)
def test_bad_input_is_named(embedded, arguments, error, message):
    with pytest.raises(error, match=message):
        embeddings.embed(embedded[1].bert.embeddings, **{"input_ids": IDS, **arguments})


def test_another_models_embeddings_are_refused(embedded):
    roberta = RobertaModel(RobertaConfig(hidden_size=12, num_hidden_layers=1)).eval()
    with pytest.raises(TypeError, match="BertEmbeddings, not a RobertaEmbeddings"):
        embeddings.embed(roberta.embeddings, IDS)
    module = embedded[1].bert.embeddings.train()
    try:
        with pytest.raises(ValueError, match="embeddings is in training mode"):
            embeddings.embed(module, IDS)
    finally:
        module.eval()


def test_the_nearest_rows_by_direction_not_by_length():
    table = torch.tensor([[1.0, 0.0], [9.0, 1.0], [0.0, 2.0], [-1.0, 0.0], [1.0, 1.0]])
    found = embeddings.nearest(table, 0, 3)
    assert [row for row, _ in found] == [1, 4, 2]
    assert [s for _, s in found] == pytest.approx([9 / 82**0.5, 0.5**0.5, 0.0])


def test_the_clearest_wave_is_found_in_its_column():
    rows = torch.arange(60) / 60 * 2 * torch.pi
    noise = 0.3 * torch.randn(60, 4, generator=torch.Generator().manual_seed(0))
    waves = [rows.sin(), 9 * (7 * rows).cos() + 5, (20 * rows).sin(), 0 * rows]
    table = torch.stack(waves, dim=-1) + noise
    table[:, 3] = 2.0  # no swing at all
    assert embeddings.clearest_wave(table, 5) == (1, 7)
    assert embeddings.clearest_wave(table, 8) == (2, 20)


@pytest.mark.parametrize("fewest", [0, 6])
def test_a_wave_needs_two_rows_per_swing(fewest):
    with pytest.raises(ValueError, match="from 1 to 5, half the rows"):
        embeddings.clearest_wave(torch.rand(10, 3), fewest)
