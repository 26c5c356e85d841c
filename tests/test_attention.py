import math

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from small_berts import cases

import companion
from companion import attention

SOME = examples(20)


def vectors(case, tokens=5, batch=2):
    size = case.model.config.hidden_size
    return torch.randn(batch, tokens, size, dtype=torch.float64)


@given(cases(dtype=torch.float64))
@SOME
@pytest.mark.slow
def test_each_row_of_weights_sums_to_one_and_padding_has_none(case):
    trace = companion.trace(case.model.bert, **case.inputs)
    mask = case.inputs.get("attention_mask", torch.ones_like(case.inputs["input_ids"]))
    for layer in trace.layers:
        sums = layer.weights.sum(dim=-1)
        torch.testing.assert_close(sums, torch.ones_like(sums))
        assert layer.weights.min() >= 0
        assert (layer.weights * (mask == 0)[:, None, None, :]).abs().max() == 0


@given(cases(dtype=torch.float64), st.randoms())
@SOME
def test_heads_can_be_permuted_with_their_parameters(case, random):
    module = case.model.bert.encoder.layer[0].attention
    hidden, heads = vectors(case), module.self.num_attention_heads
    output, weights = attention.attend(module, hidden)
    order = list(range(heads))
    random.shuffle(order)
    size = hidden.shape[-1] // heads
    rows = torch.tensor([h * size + i for h in order for i in range(size)])
    with torch.no_grad():
        for part in (module.self.query, module.self.key, module.self.value):
            part.weight.copy_(part.weight[rows])
            part.bias.copy_(part.bias[rows])
        module.output.dense.weight.copy_(module.output.dense.weight[:, rows])
    again, permuted = attention.attend(module, hidden)
    torch.testing.assert_close(again, output)
    torch.testing.assert_close(permuted, weights[:, order])


def test_heads_are_cut_and_joined_without_mixing():
    hidden = torch.arange(2 * 3 * 8.0).reshape(2, 3, 8)
    pieces = attention.split_heads(hidden, heads=4)
    assert pieces.shape == (2, 4, 3, 2)
    assert torch.equal(pieces[1, 2, 0], hidden[1, 0, 4:6])
    assert torch.equal(attention.merge_heads(pieces), hidden)


def test_a_score_is_a_dot_product_over_the_square_root_of_d():
    queries = torch.tensor([[[[1.0, 2.0, 0.0, 2.0]]]])
    keys = torch.tensor([[[[1.0, 1.0, 5.0, 1.0], [0.0, 0.0, 0.0, 4.0]]]])
    assert attention.attention_scores(queries, keys).tolist() == [[[[2.5, 4.0]]]]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_the_softmax_equals_its_formula(numbers):
    scores = torch.tensor(numbers, dtype=torch.float64)
    top = max(numbers)
    powers = [math.exp(n - top) for n in numbers]
    wanted = pytest.approx([p / sum(powers) for p in powers])
    assert attention.attention_weights(scores).tolist() == wanted


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_mask_is_zero_where_a_token_is_read(dtype):
    mask = attention.additive_mask(torch.tensor([[1, 1, 0], [1, 0, 0]]), dtype)
    assert (mask.shape, mask.dtype) == ((2, 1, 1, 3), dtype)
    read = (mask == 0).flatten(1).tolist()
    assert read == [[True, True, False], [True, False, False]]
    assert mask.min() == torch.finfo(dtype).min


def test_a_mask_may_have_a_row_for_each_token_that_looks():
    mask = torch.zeros(1, 1, 3, 3)
    mask[0, 0, 1, 2] = -torch.inf
    weights = attention.attention_weights(torch.zeros(1, 2, 3, 3), mask)
    wanted = torch.tensor([[1 / 3] * 3, [1 / 2, 1 / 2, 0], [1 / 3] * 3])
    torch.testing.assert_close(weights, wanted.expand(1, 2, 3, 3))
    with pytest.raises(ValueError, match=r"\(1, 1, 3, 3\), not \(1, 1, 2, 3\)"):
        attention.attention_weights(torch.zeros(1, 2, 3, 3), mask[:, :, :2])


def test_bad_input_is_named(embedded):
    layer = embedded[1].bert.encoder.layer[0]
    hidden = torch.zeros(1, 3, 384)
    with pytest.raises(
        TypeError, match="attention must be a BertAttention, not a BertL"
    ):
        attention.attend(layer, hidden)
    with pytest.raises(TypeError, match="must be a BertSelfAttention, not a BertAtt"):
        attention.self_attention(layer.attention, hidden)
    with pytest.raises(ValueError, match=r"hidden must have the shape \(B, T, 384\)"):
        attention.self_attention(layer.attention.self, hidden[0])
    mask = torch.zeros(1, 1, 1, 4)
    with pytest.raises(ValueError, match=r"mask must have the shape \(1, 1, 1, 3\)"):
        attention.self_attention(layer.attention.self, hidden, mask)
    with pytest.raises(TypeError, match="attention_mask must hold int32 or int64"):
        attention.additive_mask(torch.ones(1, 3), torch.float32)
    with pytest.raises(
        ValueError, match=r"attention_mask\[0, 1\] is -1, wanted 0 to 1"
    ):
        attention.additive_mask(torch.tensor([[1, -1]]), torch.float32)
