import math

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion import encoder, running
from companion.qa_head import (
    answer_from,
    best_spans,
    hide_question,
    span_logits,
    span_probabilities,
    span_scores,
)

SOME = examples(200)


def test_the_head_is_one_linear(embedded):
    head = embedded[1].qa_outputs
    hidden = torch.randn(2, 5, 384)
    start_logits, end_logits = span_logits(head, hidden)
    torch.testing.assert_close(
        torch.stack([start_logits, end_logits], -1), head(hidden)
    )


def test_bad_input_is_named(embedded):
    _, model = embedded
    with pytest.raises(TypeError, match="qa_outputs must be a Linear, not a BertModel"):
        span_logits(model.bert, torch.zeros(1, 2, 384))
    with pytest.raises(ValueError, match=r"hidden must have the shape \(B, T, 384\)"):
        span_logits(model.qa_outputs, torch.zeros(1, 2, 383))


@st.composite
def heads_output(draw):
    """Logits as a head may return them, and which tokens are the context's."""
    context = draw(st.integers(1, 40))
    before = draw(st.integers(1, 6))
    logits = st.floats(-20, 20, width=32)
    length = before + context + 1
    numbers = st.lists(logits, min_size=length, max_size=length)
    is_context = [False] * before + [True] * context + [False]
    return draw(numbers), draw(numbers), is_context


def by_brute_force(start_logits, end_logits, is_context, longest):
    """The score of every allowed span, one after the other, in Python's own floats."""
    places = [0] + [i for i, inside in enumerate(is_context) if inside]
    top_start = max(start_logits[i] for i in places)
    top_end = max(end_logits[i] for i in places)
    all_starts = sum(math.exp(start_logits[i] - top_start) for i in places)
    all_ends = sum(math.exp(end_logits[i] - top_end) for i in places)
    return {
        (i, j): math.exp(start_logits[i] - top_start)
        / all_starts
        * math.exp(end_logits[j] - top_end)
        / all_ends
        for i in places[1:]
        for j in places[1:]
        if i <= j < i + longest
    }


@given(heads_output(), st.integers(1, 60), st.integers(1, 1000))
@SOME
def test_the_best_spans_are_the_best_of_all_spans(output, longest, top_k):
    start_logits, end_logits, is_context = output
    starts, ends = span_probabilities(
        torch.tensor(start_logits, dtype=torch.float64),
        torch.tensor(end_logits, dtype=torch.float64),
        torch.tensor(is_context),
    )
    found = best_spans(starts, ends, longest, top_k)
    scores = by_brute_force(start_logits, end_logits, is_context, longest)
    assert len({span[:2] for span in found}) == len(found) == min(top_k, len(scores))
    for first, last, score in found:
        assert score == pytest.approx(scores[first, last])
    wanted = sorted(scores.values(), reverse=True)[:top_k]
    assert [score for _, _, score in found] == pytest.approx(wanted)
    assert sum(scores.values()) <= 1 + 1e-12  # [CLS] has the rest


@given(
    st.lists(st.sampled_from([0.0, 0.25, 0.5]), min_size=1, max_size=12),
    st.integers(1, 14),
    st.integers(1, 100),
)
@SOME
def test_equal_scores_come_in_the_order_of_the_text(probabilities, longest, top_k):
    row = torch.tensor(probabilities)
    scores = {
        (i, j): probabilities[i] * probabilities[j]
        for i in range(len(row))
        for j in range(i, min(len(row), i + longest))
    }
    ranked = sorted(scores, key=lambda span: (-scores[span], span))
    wanted = [(*span, scores[span]) for span in ranked if scores[span] > 0]
    assert best_spans(row, row, longest, top_k) == wanted[:top_k]


def test_the_band_is_the_upper_triangle_of_the_outer_product():
    starts, ends = torch.rand(2, 7).unbind()
    band = span_scores(starts, ends, longest=3)
    table = torch.outer(starts, ends).triu().tril(2)
    assert band.shape == (7, 3)
    for i in range(7):
        for d in range(3):
            assert band[i, d] == (table[i, i + d] if i + d < 7 else 0)


def test_a_long_text_takes_a_band_not_a_square():
    starts = torch.rand(300_000)  # a square of these would have 9 * 10^10 cells
    starts[200_000] = 2.0
    [(first, last, score)] = best_spans(starts, starts, longest=15)
    assert (first, last, score) == (200_000, 200_000, 4.0)


def test_cls_takes_its_share_of_the_probability():
    logits = torch.tensor([2.0, 0.0, 2.0, 0.0])
    starts, _ = span_probabilities(
        logits, logits, torch.tensor([False, False, True, False])
    )
    assert starts.tolist() == [0, 0, 0.5, 0]


def test_the_answer_from_the_last_vectors_is_the_pipelines(embedded, answerer):
    tokenizer, model = embedded
    for question, answer in running.QUESTIONS.items():
        encoded = running.example(tokenizer, model, question)
        with torch.inference_mode():
            trace = encoder.trace(model.bert, **encoded.model_inputs())
            hidden = trace.last_hidden_state
            text, score = answer_from(model.qa_outputs, hidden, encoded)
            short, _ = answer_from(model.qa_outputs, hidden, encoded, longest=1)
        theirs = answerer(question, running.PARAGRAPH, align_to_words=False)
        assert text == answer == theirs["answer"]
        assert score == pytest.approx(theirs["score"], abs=1e-5)
        assert " " not in short


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_only_the_question_reads_a_hidden_question(embedded, dtype):
    encoded = running.example(*embedded, "Where did Clara move the museum?")
    mask = hide_question(encoded, dtype)
    asked = [i for i, t in enumerate(encoded.tokens[:-1]) if 0 < i < 8]
    assert encoded.tokens[8] == "[SEP]"
    T = len(encoded.tokens)
    wanted = [[i not in asked and j in asked for j in range(T)] for i in range(T)]
    assert (mask < 0)[0, 0].tolist() == wanted
    assert (mask.dtype, mask.min()) == (dtype, torch.finfo(dtype).min)


def test_nothing_of_a_question_hidden_from_the_first_layer_reaches_the_context(
    embedded,
):
    tokenizer, model = embedded
    last, lengths = [], set()
    for question in ("Where did Clara move it?", "When was Clara born then?"):
        encoded = running.example(tokenizer, model, question)
        with torch.inference_mode():
            hidden = encoder.trace(model.bert, **encoded.model_inputs()).embeddings
            hidden = hidden.output
            for module in model.bert.encoder.layer:
                mask = hide_question(encoded)
                hidden = encoder.trace_layer(module, hidden, mask).output
        last.append(hidden[0, encoded.is_context])
        lengths.add(len(encoded.tokens))
    assert len(lengths) == 1  # or the positions would differ
    torch.testing.assert_close(*last, rtol=0, atol=1e-4)
