"""The removed pipeline's answers in every family, on the same small random models."""

import pytest

from companion import QuestionAnswerer
from companion.qa_pipeline.texts import text_tokens
from oracle import compare, families, small

pytestmark = pytest.mark.slow
CLOSE = 1e-5
BEFORE_WORDS = 12  # the old one's candidates for one answer


@pytest.fixture(scope="module")
def stored():
    return families.fixture()


@pytest.fixture(scope="module", params=small.FAMILIES)
def family(request):
    return request.param, *small.small_model(request.param)


def test_the_fixture_is_of_these_models_and_calls(stored, family):
    name, _, model = family
    assert stored["families"][name]["weights_sha256"] == families.digest(model)
    assert stored["calls"] == families.calls()


def as_they_were(found, context):
    """Stored answers by place, without the space that some families have in front."""
    for score, start, end in found:
        text = context[start:end]
        if text.strip() or score:  # an empty one filled the list up
            start += len(text) - len(text.lstrip())
            yield {"score": score, "start": start, "end": start + len(text.strip())}


def of_tokens(answerer, call):
    """Our answers, put together as the old one did: equal texts are added up."""
    some = {**call, "handle_impossible_answer": False}
    found = compare.merged(compare.as_list(answerer(**some)))
    if call.get("handle_impossible_answer"):
        every = answerer(**{**call, "top_k": 10_000})
        found += [answer for answer in every if not answer["answer"]]
        found.sort(key=lambda answer: -answer["score"])
    return found[: call.get("top_k", 1)]


def of_words(answerer, tokenizer, call):
    """The old one's way to words: widen the best twelve candidates, then add up."""
    context = call["context"]
    some = {**call, "top_k": BEFORE_WORDS, "align_to_words": False}
    tokens = text_tokens(tokenizer, context)
    rows = list(zip(tokens.offsets.tolist(), tokens.words.tolist(), strict=True))
    widened = []
    for answer in answerer(**some):
        [first, *_] = [word for (begin, _), word in rows if begin == answer["start"]]
        [*_, last] = [word for (_, end), word in rows if end == answer["end"]]
        start = min(begin for (begin, _), word in rows if word == first)
        end = max(end for (_, end), word in rows if word == last)
        place = {"start": start, "end": end, "answer": context[start:end]}
        widened.append({**answer, **place})
    return compare.merged(widened)[:1]


def test_places_are_equal_and_scores_too(stored, family):
    name, tokenizer, model = family
    answerer = QuestionAnswerer(tokenizer, model)
    asked = zip(stored["calls"], stored["families"][name]["answers"], strict=True)
    for call, found in asked:
        mine = (
            of_words(answerer, tokenizer, call)
            if call.get(compare.ALIGNED, True)
            else of_tokens(answerer, call)
        )
        theirs = list(as_they_were(found, call["context"]))
        places = [(answer["start"], answer["end"]) for answer in mine]
        assert places == [(old["start"], old["end"]) for old in theirs], call
        for one, other in zip(mine, theirs, strict=True):
            assert one["score"] == pytest.approx(other["score"], abs=CLOSE), call
