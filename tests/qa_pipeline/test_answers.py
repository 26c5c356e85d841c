import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion.qa_head import span_scores
from companion.qa_pipeline.answers import best_answers, by_words, probabilities
from companion.qa_pipeline.texts import Tokens

SOME = examples(200)


@st.composite
def cases(draw):
    """Logits of a context whose words have one to three letters, a token a letter."""
    words = draw(st.lists(st.sampled_from(["a", "bc", "abc"]), min_size=1, max_size=12))
    text, offsets, numbers = "", [], []
    for number, word in enumerate(words):
        begin = len(text)
        offsets += [(begin + i, begin + i + 1) for i in range(len(word))]
        numbers += [number] * len(word)
        text += word + " "
    tokens = Tokens(
        torch.zeros(len(numbers)), torch.tensor(offsets), torch.tensor(numbers)
    )
    logit = st.floats(-1000, 1000, width=32)
    row = st.lists(logit, min_size=len(tokens) + 1, max_size=len(tokens) + 1)
    return text, tokens, torch.tensor([draw(row), draw(row)])


OPTIONS = {
    "max_answer_len": 15,
    "handle_impossible_answer": True,
    "align_to_words": True,
}


@given(cases(), st.integers(1, 8), st.booleans())
@SOME
def test_all_scores_together_are_at_most_one(case, longest, align):
    options = {**OPTIONS, "align_to_words": align, "max_answer_len": longest}
    answers = best_answers(*case, top_k=10_000, **options)
    assert sum(answer["score"] for answer in answers) <= 1 + 1e-9
    assert all(0 <= answer["score"] <= 1 + 1e-12 for answer in answers)


@given(cases(), st.integers(1, 8))
@SOME
def test_a_words_score_is_the_sum_over_the_spans_that_widen_to_it(case, longest):
    text, tokens, logits = case
    starts, ends, _ = probabilities(logits)
    sums = {}
    for i in range(len(tokens)):
        for j in range(i, min(len(tokens), i + longest)):
            begin = min(o for o, w in rows(tokens) if w == tokens.words[i])
            end = max(o for o, w in rows(tokens) if w == tokens.words[j])
            place = (begin[0], end[1])
            sums[place] = sums.get(place, 0) + float(starts[i] * ends[j])
    options = {
        **OPTIONS,
        "max_answer_len": longest,
        "handle_impossible_answer": False,
    }
    answers = best_answers(text, tokens, logits, top_k=10_000, **options)
    found = {(a["start"], a["end"]): a["score"] for a in answers}
    assert len(found) == len(answers)
    assert found == pytest.approx(sums)
    scores = [answer["score"] for answer in answers]
    assert scores == sorted(scores, reverse=True)


def rows(tokens):
    return list(zip(tokens.offsets.tolist(), tokens.words.tolist(), strict=True))


@given(cases(), st.booleans(), st.booleans())
@SOME
def test_fewer_answers_are_the_first_of_more(case, align, no_answer):
    options = {
        **OPTIONS,
        "align_to_words": align,
        "handle_impossible_answer": no_answer,
    }
    many = best_answers(*case, top_k=9, **options)
    for top_k in range(1, 9):
        assert best_answers(*case, top_k=top_k, **options) == many[:top_k]


def test_words_of_one_token_change_nothing():
    scores = span_scores(torch.rand(6), torch.rand(6), 3)
    assert torch.equal(by_words(scores, torch.arange(6)), scores)


def test_tokens_from_the_same_characters_are_one_place():
    # As an uncased tokenizer cuts a Korean syllable: two letters, one character.
    tokens = Tokens(
        torch.zeros(3), torch.tensor([(0, 1), (0, 1), (2, 3)]), torch.tensor([0, 0, 1])
    )
    options = {**OPTIONS, "align_to_words": False}
    answers = best_answers("각 b", tokens, torch.zeros(2, 4), top_k=99, **options)
    places = [(answer["start"], answer["end"]) for answer in answers]
    assert sorted(places) == [(0, 0), (0, 1), (0, 3), (2, 3)]
