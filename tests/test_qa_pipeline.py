import math

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from transformers.modeling_outputs import QuestionAnsweringModelOutput

import companion
from companion.qa_head import best_span, span_probabilities
from companion.qa_pipeline import LONGEST_ANSWER


@pytest.fixture(scope="module")
def answerer(embedded):
    return companion.QuestionAnswerer(*embedded)


def test_the_notes_question(answerer):
    result = answerer(question="Who?", context="My name is Foo")
    assert list(result) == ["score", "start", "end", "answer"]
    assert (result["answer"], result["start"], result["end"]) == ("Foo", 11, 14)
    assert 0 < result["score"] < 1


PARAGRAPH = (
    "Anna Weber was born in Lisbon in 1961. Her brother Paul stayed in Oslo, where he "
    "repaired clocks. In 1998 she opened a small bakery near the harbour of Ghent."
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where was Anna Weber born?", "Lisbon"),
        ("What did Paul repair?", "clocks"),
        ("When did she open the bakery?", "1998"),
    ],
)
def test_it_reads_the_context(answerer, question, answer):
    result = answerer(question=question, context=PARAGRAPH)
    assert result["answer"] == answer
    assert PARAGRAPH[result["start"] : result["end"]] == answer


def by_brute_force(start_logits, end_logits, is_context):
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
        if i <= j < i + LONGEST_ANSWER
    }


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


@given(heads_output())
@settings(deadline=None)
def test_the_best_span_is_the_best_of_all_spans(output):
    start_logits, end_logits, is_context = output
    starts, ends = span_probabilities(
        torch.tensor(start_logits, dtype=torch.float64),
        torch.tensor(end_logits, dtype=torch.float64),
        torch.tensor(is_context),
    )
    first, last, score = best_span(starts, ends, LONGEST_ANSWER)
    scores = by_brute_force(start_logits, end_logits, is_context)
    assert score == pytest.approx(max(scores.values()))
    assert scores[first, last] == pytest.approx(score)
    assert float(starts.sum()) <= 1 + 1e-12  # [CLS] has the rest


def test_cls_takes_its_share_of_the_probability():
    logits = torch.tensor([2.0, 0.0, 2.0, 0.0])
    starts, _ = span_probabilities(
        logits, logits, torch.tensor([False, False, True, False])
    )
    assert starts.tolist() == [0, 0, 0.5, 0]


def test_an_answer_has_at_most_15_tokens(answerer, monkeypatch):
    context = "one " * 60
    tokens = answerer.tokenizer("Who?", context)["input_ids"]
    far_apart = torch.zeros(1, len(tokens)), torch.zeros(1, len(tokens))
    far_apart[0][0, 10] = far_apart[1][0, 40] = 9.0  # best start and best end

    output = QuestionAnsweringModelOutput(
        start_logits=far_apart[0], end_logits=far_apart[1]
    )
    monkeypatch.setattr(answerer.model, "forward", lambda **inputs: output)
    answer = answerer(question="Who?", context=context)["answer"]
    assert len(answer.split()) <= LONGEST_ANSWER


@given(
    question=st.text(min_size=1, max_size=30).filter(str.strip),
    context=st.text(min_size=1, max_size=120).filter(str.strip),
)
@settings(max_examples=60, deadline=None)
def test_the_answer_stands_where_it_says(answerer, question, context):
    assume(answerer.tokenizer.tokenize(context))  # some characters leave no token
    result = answerer(question=question, context=context)
    assert context[result["start"] : result["end"]] == result["answer"] != ""
    assert 0 <= result["score"] <= 1


@pytest.mark.parametrize("context", ["\x00", "\u200b\u200b"])
def test_a_context_without_a_token_is_refused(answerer, context):
    with pytest.raises(ValueError, match="context has no token"):
        answerer(question="Who?", context=context)


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize("blank", ["", " \t\n"])
def test_blank_text_is_refused(answerer, name, blank):
    arguments = {"question": "Who?", "context": "My name is Foo", name: blank}
    with pytest.raises(ValueError, match=f"{name} must hold some text"):
        answerer(**arguments)


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize("wrong", [None, b"Who?", 7, ["Who?"]])
def test_what_is_not_text_is_refused(answerer, name, wrong):
    arguments = {"question": "Who?", "context": "My name is Foo", name: wrong}
    with pytest.raises(TypeError, match=f"{name} must be a string, not"):
        answerer(**arguments)


def test_a_context_that_does_not_fit_is_refused(answerer):
    fits = "word " * (512 - 5)
    assert answerer(question="Who?", context=fits)["answer"]
    with pytest.raises(ValueError, match=r"513 tokens.*at most 512"):
        answerer(question="Who?", context=fits + "word")
