import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from small_berts import Case, cases
from torch import nn
from torch.nn import functional as F
from transformers import BertConfig, BertModel, RobertaConfig, RobertaModel
from transformers.activations import ACT2FN

import companion
from companion import encoder
from companion.qa_head import span_logits

SOME = examples(25)
ROUNDING = 1e-4  # of float32; a LayerNorm over near-equal numbers magnifies it
NOTES_TYPES = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1, 1, 1]])


def ours(case):
    with torch.inference_mode():
        trace = companion.trace(case.model.bert, **case.inputs)
        logits = span_logits(case.model.qa_outputs, trace.last_hidden_state)
    return {
        **trace.named(),
        **dict(zip(("start", "end"), logits, strict=True)),
    }


def theirs(case):
    with torch.inference_mode():
        output = case.model(**case.inputs)
    seen = companion.library_trace(case.model.bert, **case.inputs)
    return {
        **seen,
        "start": output.start_logits,
        "end": output.end_logits,
    }


def assert_equal(case, names=None, tolerance=None):
    mine, others = ours(case), theirs(case)
    if names is None:
        assert set(mine) == set(others)
    table = companion.compare({name: mine[name] for name in names or mine}, others)
    for row in table.rows:
        assert row.difference < (tolerance or row.tolerance), str(table)


@given(cases())
@SOME
def test_every_intermediate_equals_the_librarys(case):
    assert_equal(case, tolerance=ROUNDING)


@given(cases(dtype=torch.float64))
@SOME
@pytest.mark.slow
def test_every_intermediate_equals_the_librarys_in_double_precision(case):
    assert_equal(case)


@given(cases(attention="sdpa"))
@SOME
@pytest.mark.slow
def test_module_outputs_equal_those_of_the_librarys_fused_attention(case):
    shown = [name for name in ours(case) if _is_a_module_output(name)]
    assert_equal(case, shown, tolerance=ROUNDING)


def _is_a_module_output(name):
    inside = ("queries", "keys", "values", "scores", "weights", "context")
    return not name.endswith(inside)


@pytest.mark.slow
def test_the_embedded_model(embedded):
    tokenizer, model = embedded
    texts = ["My name is Foo", "Foo was born in Lisbon. " * 9]
    inputs = tokenizer(["Who?"] * 2, texts, return_tensors="pt", padding=True)
    assert_equal(Case(model, dict(inputs)))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
def test_the_notes_shape(notes_model, dtype, notes_ids):
    notes_model.set_attn_implementation("eager")
    inputs = {"input_ids": notes_ids.to(dtype), "token_type_ids": NOTES_TYPES.to(dtype)}
    assert_equal(Case(notes_model, inputs))
    last = encoder.trace(notes_model.bert, **inputs).last_hidden_state
    assert last.size() == torch.Size([1, 10, 768])


def test_no_function_calls_a_module(embedded, monkeypatch, notes_ids):
    _, model = embedded

    def refuse(module, *arguments, **named):
        raise AssertionError(f"{type(module).__name__} was called")

    monkeypatch.setattr(nn.Module, "__call__", refuse)
    trace = companion.trace(model.bert, notes_ids, NOTES_TYPES)
    last = encoder.trace(model.bert, notes_ids, NOTES_TYPES).last_hidden_state
    span_logits(model.qa_outputs, last)
    assert len(trace.layers) == 6
    with pytest.raises(AssertionError, match="BertModel was called"):
        model.bert(notes_ids)


@given(cases(dtype=torch.float64), st.integers(1, 5), st.integers(0, 39))
@SOME
def test_padding_never_changes_a_real_tokens_vector(case, more, filler):
    bert, ids = case.model.bert, case.inputs["input_ids"][:, :12]
    plain = encoder.trace(bert, ids).last_hidden_state
    padding = torch.full((len(ids), more), filler, dtype=ids.dtype)
    mask = torch.cat([torch.ones_like(ids), torch.zeros_like(padding)], dim=1)
    padded = encoder.trace(
        bert, torch.cat([ids, padding], dim=1), attention_mask=mask
    ).last_hidden_state
    torch.testing.assert_close(padded[:, : ids.shape[1]], plain)


@given(cases(dtype=torch.float64), st.randoms())
@SOME
def test_permuting_a_batch_permutes_the_result(case, random):
    inputs = {n: ids for n, ids in case.inputs.items() if n != "position_ids"}
    order = list(range(len(inputs["input_ids"])))
    random.shuffle(order)
    result = encoder.trace(case.model.bert, **inputs).last_hidden_state
    again = encoder.trace(
        case.model.bert, **{n: ids[order] for n, ids in inputs.items()}
    ).last_hidden_state
    torch.testing.assert_close(again, result[order])


@given(cases(dtype=torch.float64))
@examples(15)
def test_gradients_equal_the_librarys(case):
    model, parameters = case.model, list(case.model.parameters())
    output = model(**case.inputs)
    loss = _loss(output.start_logits, output.end_logits)
    library = torch.autograd.grad(loss, parameters)
    logits = span_logits(
        model.qa_outputs, encoder.trace(model.bert, **case.inputs).last_hidden_state
    )
    mine = torch.autograd.grad(_loss(*logits), parameters)
    for name, a, b in zip(dict(model.named_parameters()), mine, library, strict=True):
        scale = max(1.0, float(b.abs().max()))
        assert float((a - b).abs().max()) < 1e-10 * scale, name


def _loss(start_logits, end_logits):
    return start_logits.sin().sum() + end_logits.pow(2).mean()


def test_gelu_equals_its_formula():
    x = torch.linspace(-9, 9, 3001, dtype=torch.float64)
    torch.testing.assert_close(encoder.gelu_formula(x), F.gelu(x), rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", encoder.ACTIVATIONS)
def test_activations_are_the_librarys(name):
    x = torch.linspace(-6, 6, 1001, dtype=torch.float64)
    function = encoder.activation(ACT2FN[name])
    torch.testing.assert_close(function(x), ACT2FN[name](x), rtol=0, atol=1e-14)


def test_another_activation_is_refused_by_name(notes_ids):
    config = BertConfig(hidden_act="quick_gelu", hidden_size=12, num_hidden_layers=1)
    with pytest.raises(
        ValueError, match=r"hidden_act must be one of gelu, .*QuickGELU"
    ):
        encoder.trace(BertModel(config).eval(), notes_ids)


def test_a_model_of_another_kind_is_refused(notes_ids):
    config = RobertaConfig(hidden_size=12, num_hidden_layers=1)
    with pytest.raises(TypeError, match="bert must be a BertModel, not a RobertaModel"):
        encoder.trace(RobertaModel(config).eval(), notes_ids)


def test_a_decoder_is_refused(notes_ids):
    model = BertModel(BertConfig(hidden_size=12, num_hidden_layers=1, is_decoder=True))
    with pytest.raises(ValueError, match=r"decoder.*wanted an encoder"):
        encoder.trace(model.eval(), notes_ids)


def test_training_mode_is_refused(embedded, notes_ids):
    bert = embedded[1].bert
    layer, hidden = bert.encoder.layer[0], torch.zeros(1, 3, 384)
    try:
        bert.train()
        for call in (
            lambda: encoder.trace(bert, notes_ids),
            lambda: encoder.trace_layer(layer, hidden),
            lambda: encoder.feed_forward(layer.intermediate, hidden),
        ):
            with pytest.raises(ValueError, match=r"training mode.*call \.eval\(\)"):
                call()
    finally:
        bert.eval()


@pytest.mark.parametrize(
    ("mask", "message"),
    [
        (torch.ones(1, 9, dtype=torch.int64), r"attention_mask must have the shape"),
        (torch.full((1, 10), 2), r"attention_mask\[0, 0\] is 2, wanted 0 to 1"),
        (torch.ones(10, dtype=torch.int64), r"shape \(B, T\)"),
    ],
)
def test_a_mask_that_does_not_fit_is_refused(embedded, mask, message, notes_ids):
    with pytest.raises(ValueError, match=message):
        encoder.trace(embedded[1].bert, notes_ids, attention_mask=mask)


def test_a_layer_wants_vectors_of_its_size(embedded, notes_ids):
    layer = embedded[1].bert.encoder.layer[0]
    with pytest.raises(ValueError, match=r"shape \(B, T, 384\), not \(1, 3, 12\)"):
        encoder.trace_layer(layer, torch.zeros(1, 3, 12))
    with pytest.raises(TypeError, match=r"floating-point numbers, not torch\.int64"):
        encoder.feed_forward(layer.intermediate, notes_ids)


def test_the_tokens_that_wake_a_row_most_each_counted_once():
    inner = torch.tensor([[[0.0, 1.0], [0.0, 3.0], [9.0, 2.0], [0.0, -1.0]]])
    found = encoder.strongest_tokens(inner, ["a", "b", "a", "c"], row=1, count=2)
    assert list(found.items()) == [("b", 3.0), ("a", 2.0)]
