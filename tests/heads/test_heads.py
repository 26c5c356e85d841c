import sys
from dataclasses import replace

import pytest
import torch
from examples import examples
from hypothesis import given
from small_berts import cases
from transformers.modeling_outputs import QuestionAnsweringModelOutput

import companion
from companion import heads, qa_head, running, tokens
from companion.heads import attribution


@pytest.fixture(scope="module")
def foo(embedded):
    """The running example: text, trace, and the tokens of its answer."""
    tokenizer, model = embedded
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        trace = companion.trace(model.bert, **encoded.model_inputs())
    return model, encoded, trace, (7, 8)


def test_shares_are_sums_over_the_tokens_named(foo):
    _, encoded, trace, _ = foo
    weights = heads.stack(trace)
    found = heads.shares(weights, encoded)
    rows = [1, 2, 4, 5, 6, 7, 8]
    for layer, head in ((0, 0), (3, 7), (5, 11)):
        table = weights[layer, head]
        mean = {
            "[CLS]": [table[i, 0] for i in rows],
            "[SEP]": [table[i, 3] + table[i, 9] for i in rows],
            "itself": [table[i, i] for i in rows],
            "previous": [table[i, i - 1] for i in rows],
            "next": [table[i, i + 1] for i in rows],
            "same word": [torch.tensor(0.0)],  # none is here twice
        }
        assert set(mean) == set(found)
        for name, values in mean.items():
            wanted = float(sum(values) / len(values))
            assert float(found[name][layer, head]) == pytest.approx(wanted, abs=1e-6)


def test_the_same_word_is_one_that_stands_elsewhere(embedded):
    encoded = tokens.encode(embedded[0], "a b", "b c b")
    weights = torch.zeros(1, 1, 8, 8)
    weights[0, 0, 2, 4], weights[0, 0, 4, 6], weights[0, 0, 6, 6] = 0.5, 0.25, 1
    found = heads.shares(weights, encoded)["same word"]
    assert float(found) == pytest.approx(0.75 / 3)


def test_what_is_given_is_a_mean_of_sums(foo):
    weights = heads.stack(foo[2])
    rows, columns = torch.zeros(2, 10, dtype=torch.bool)
    rows[[1, 2]], columns[[7, 8]] = True, True
    found = heads.given(weights, rows, columns)
    table = weights[5, 0]
    wanted = (table[1, 7:9].sum() + table[2, 7:9].sum()) / 2
    assert float(found[5, 0]) == pytest.approx(float(wanted), abs=1e-6)
    assert found.shape == (6, 12)


def test_the_strongest_head_is_a_layer_and_a_head():
    table = torch.zeros(3, 4)
    table[2, 1] = 0.1
    assert heads.strongest(table) == (2, 1)


@given(cases())
@examples(15)
@pytest.mark.slow
def test_rollout_spreads_each_token_over_all(case):
    with torch.inference_mode():
        weights = heads.stack(companion.trace(case.model.bert, **case.inputs))
    flows = heads.rollout(weights)
    assert torch.allclose(flows.sum(-1), torch.ones(flows.shape[:2]), atol=1e-5)
    by_hand = torch.eye(weights.shape[-1])
    for table in weights.mean(dim=1):
        by_hand = 0.5 * (table + torch.eye(len(table))) @ by_hand
    assert torch.allclose(flows[-1], by_hand, atol=1e-5)


def test_value_norms_are_the_lengths_of_what_arrives(foo):
    model, _, trace, _ = foo
    layer, kept = model.bert.encoder.layer[2], trace.layers[2]
    found = heads.value_norms(layer, kept)
    head, i, j = 4, 7, 1
    part = slice(head * 32, head * 32 + 32)
    weight = layer.attention.output.dense.weight.detach()
    carried = weight[:, part] @ kept.values[0, head, j]
    wanted = (kept.weights[0, head, i, j] * carried).norm()
    assert float(found[head, i, j]) == pytest.approx(float(wanted), rel=1e-4)


def test_a_head_that_is_off_hands_on_nothing(foo):
    model, encoded, _, _ = foo
    layer = model.bert.encoder.layer[1]
    seen = []
    hook = layer.attention.output.dense.register_forward_hook(
        lambda module, arguments, output: seen.append(output)
    )
    with torch.inference_mode(), heads.switched_off(model, [(1, 3)]):
        model(**encoded.model_inputs())
    with torch.inference_mode():
        kept = (
            companion.trace(model.bert, **encoded.model_inputs())
            .layers[1]
            .context.clone()
        )
        kept[..., 96:128] = 0
        dense = layer.attention.output.dense
        wanted = kept @ dense.weight.T + dense.bias
    hook.remove()
    assert torch.allclose(seen[0], wanted, atol=1e-4)


def test_an_answer_is_compared_with_the_best_of_the_others(foo):
    model, encoded, _, (first, last) = foo
    with torch.inference_mode():
        output = model(**encoded.model_inputs())
    starts, ends = output.start_logits[0], output.end_logits[0]
    rivals = [0, 4, 5, 6, 7, 8]  # [CLS] and the context's tokens
    found = heads.standing(model, encoded, first, last)
    own = float(starts[first] + ends[last])
    best = max(float(starts[i]) for i in rivals if i != first)
    best += max(float(ends[i]) for i in rivals if i != last)
    assert float(found.logits) == pytest.approx(own, abs=1e-4)
    assert float(found.rivals) == pytest.approx(best, abs=1e-4)
    assert float(found.margin) == pytest.approx(own - best, abs=1e-4)
    chances = qa_head.span_probabilities(starts, ends, encoded.is_context)
    wanted = float(chances[0][first] * chances[1][last])
    assert float(found.probability) == pytest.approx(wanted, abs=1e-5)


def test_the_margin_of_a_tie_is_zero(foo):
    encoded = foo[1]
    output = QuestionAnsweringModelOutput(
        start_logits=torch.full((1, 10), 3.0), end_logits=torch.full((1, 10), -1.0)
    )
    found = heads.span_standing(output, encoded, 7, 8)
    assert (float(found.margin), float(found.logits)) == (0, 2)
    output.start_logits[0, :7] += 100  # the question's tokens and [SEP] may not win
    output.start_logits[0, [0, 4, 5, 6]] -= 100
    assert float(heads.span_standing(output, encoded, 7, 8).margin) == 0


def test_the_answer_is_found(foo):
    model, encoded, _, answer = foo
    assert heads.answer_of(model, encoded) == answer
    assert encoded.text_of(*answer) == "Foo"


@pytest.mark.slow
def test_effects_are_changes_and_afterwards_the_head_is_on_again(foo):
    model, encoded, _, answer = foo
    before = heads.standing(model, encoded, *answer)
    changes = heads.effects(model, encoded, *answer)
    assert heads.standing(model, encoded, *answer) == before
    assert all(table.shape == (6, 12) for table in changes)
    with heads.switched_off(model, [(4, 5)]):
        without = heads.standing(model, encoded, *answer)
    for table, now, then in zip(changes, without, before, strict=True):
        assert float(table[4, 5]) == pytest.approx(float(now - then), abs=1e-6)
    assert torch.allclose(changes.margin, changes.logits - changes.rivals, atol=1e-5)
    assert changes.margin[4, 5] < -1


def test_a_head_that_a_smaller_model_lacks_becomes_its_last(foo):
    found = heads.in_range(foo[0], [[2, 9], (7, 3), (5, 12)])
    assert found == [(2, 9), (5, 3), (5, 11)]


@pytest.mark.parametrize("head", [(6, 0), (0, 12), (-1, 0)])
def test_a_head_that_is_not_there_is_named(foo, head):
    model = foo[0]
    with (
        pytest.raises(ValueError, match="layers 0 to 5 and heads 0 to 11"),
        heads.switched_off(model, [head]),
    ):
        pass


def test_integrated_gradients_add_up_to_the_difference(foo):
    model, encoded, _, answer = foo
    numbers, missed = attribution.integrated_gradients(model, encoded, *answer)
    empty = replace(encoded, input_ids=encoded.input_ids * encoded.is_special)
    whole, blank = (
        float(heads.standing(model, text, *answer).margin) for text in (encoded, empty)
    )
    assert float(numbers.sum()) == pytest.approx(whole - blank, abs=0.5)
    assert missed == pytest.approx(float(numbers.sum()) - (whole - blank), abs=1e-3)
    assert numbers[encoded.is_special].abs().max() < 1e-6


def test_without_captum_the_extra_is_named(foo, monkeypatch):
    model, encoded, _, answer = foo
    monkeypatch.setitem(sys.modules, "captum.attr", None)
    monkeypatch.setitem(sys.modules, "captum", None)
    with pytest.raises(ImportError, match=r'pip install "inside-bert\[explain\]"'):
        attribution.integrated_gradients(model, encoded, *answer)


def test_the_gradient_is_the_slope(foo):
    model, encoded, _, answer = foo
    found = attribution.gradient_times_input(model, encoded, *answer)
    words = model.bert.embeddings.word_embeddings.weight[encoded.input_ids].detach()
    step = torch.zeros_like(words)
    step[0, 5] = words[0, 5] * 1e-2
    value = attribution._answer(model, encoded, *answer)
    with torch.inference_mode():
        slope = (value(words + step) - value(words - step)) / 2e-2
    assert float(found[5]) == pytest.approx(float(slope), abs=0.02)


def test_a_token_left_out_is_masked_for_all(foo):
    model, encoded, _, answer = foo
    found = attribution.left_out(model, encoded, *answer)
    mask = encoded.attention_mask.clone()
    mask[0, 1] = 0
    without = heads.standing(model, replace(encoded, attention_mask=mask), *answer)
    lost = heads.standing(model, encoded, *answer).margin - without.margin
    assert float(found[1]) == pytest.approx(float(lost), abs=1e-4)


def test_rank_correlation_sees_order_only():
    numbers = torch.tensor([1.0, 5.0, 2.0, 9.0])
    assert attribution.rank_correlation(numbers, numbers**3) == pytest.approx(1)
    assert attribution.rank_correlation(numbers, -numbers) == pytest.approx(-1)


def test_equal_numbers_share_a_rank_wherever_they_stand():
    tied, other = torch.tensor([2.0, 0.0, 0.0, 1.0]), torch.tensor([4.0, 1.0, 2.0, 3.0])
    swapped = other[[0, 2, 1, 3]]
    # ranks 3, 0.5, 0.5, 2 against 3, 0, 1, 2
    wanted = pytest.approx(4.5 / (4.5 * 5) ** 0.5)
    assert attribution.rank_correlation(tied, other) == wanted
    assert attribution.rank_correlation(tied, swapped) == wanted


def test_measures_are_for_the_answers_two_tokens(foo):
    model, encoded, trace, answer = foo
    found = attribution.measures(model, encoded, trace, *answer)
    weights = heads.stack(trace)
    both = (weights[:, :, 7].mean(dim=(0, 1)) + weights[:, :, 8].mean(dim=(0, 1))) / 2
    assert torch.allclose(found["weights"], both, atol=1e-6)
    assert float(found["rollout"].sum()) == pytest.approx(1, abs=1e-5)
    assert all(row.shape == (10,) and row.min() >= 0 for row in found.values())
    assert len(found) == 6
