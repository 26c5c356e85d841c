"""Any text at all: a true answer, or an error that names the argument.

Some hundred cases; 10,000 where the environment variable COMPANION_NIGHTLY is set.
"""

import os

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import companion
from oracle import small

NIGHTLY = bool(os.environ.get("COMPANION_NIGHTLY"))
SOME = examples(10_000 if NIGHTLY else 300)
OTHERS = ["uncased", "roberta", "xlm-roberta", "deberta-v2"]
FAMILIES = ["cased", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]

ODD = st.sampled_from(
    [
        *("\x00", "\u200b", "\ufeff", "\r\n", "\t", "\u2028", "\ufffd", "\U0010ffff"),
        *("\u0301", "e\u0301", "İ", "ß", "ﬁ", "각", "北京", "שלום", "\u202eabc"),
        *("👩\u200d👩\u200d👧", "\U0001f1eb\U0001f1f7", "1,234.50€", "\ud83d"),
        *("[SEP]", "[CLS]", "[PAD]", "##oo", "x" * 150, "a" * 30 + " "),
    ]
)
TEXTS = st.lists(st.text(max_size=8) | ODD | st.just("Ada met Bram. "), max_size=30)
JUNK = st.sampled_from([None, b"Who?", 7, 1.5, [], {}, object()])
ARGUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "top_k": st.integers(-1, 300),
        "doc_stride": st.none() | st.integers(-1, 40),
        "max_answer_len": st.integers(0, 100),
        "max_seq_len": st.none() | st.integers(-1, 80),
        "max_question_len": st.integers(0, 80),
        "handle_impossible_answer": st.booleans(),
        "align_to_words": st.booleans(),
        "batch_size": st.none() | st.integers(0, 5),
    },
)


@pytest.fixture(scope="module", params=FAMILIES)
def answerer(request, other_checkpoint):
    """A small model: what it answers matters not here, and it is quick."""
    if request.param in small.FAMILIES:
        return companion.QuestionAnswerer(*small.small_model(request.param))
    tokenizer, model = companion.load(str(other_checkpoint))
    if request.param == "uncased":  # accents go, and syllables fall into letters
        tokenizer = type(tokenizer)(vocab=tokenizer.get_vocab(), do_lower_case=True)
    return companion.QuestionAnswerer(tokenizer, model)


@given(
    question=TEXTS.map("".join) | JUNK,
    context=TEXTS.map("".join) | TEXTS.map(lambda t: "".join(t) * 9) | JUNK,
    arguments=ARGUMENTS,
)
@settings(SOME, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_has_a_true_answer_or_a_named_error(
    answerer, question, context, arguments
):
    refused, found = "", []
    try:
        found = answerer(question, context, **arguments)
    except (TypeError, ValueError) as error:
        refused = str(error)
    if refused:
        assert any(name in refused for name in ("question", "context", *arguments))
        return
    if question == [] or context == []:
        assert found == []
        return
    answers = [found] if isinstance(found, dict) else found
    assert isinstance(found, dict) == (arguments.get("top_k", 1) == 1)
    assert 1 <= len(answers) <= arguments.get("top_k", 1)
    assert sum(answer["score"] for answer in answers) <= 1 + 1e-9
    places = {(answer["start"], answer["end"]) for answer in answers}
    assert len(places) == len(answers)
    for answer in answers:
        assert 0 <= answer["score"] <= 1
        assert 0 <= answer["start"] <= answer["end"] <= len(context)
        assert context[answer["start"] : answer["end"]] == answer["answer"]
        may_be_empty = arguments.get("handle_impossible_answer", False)
        assert answer["answer"] or may_be_empty
