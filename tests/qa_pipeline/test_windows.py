import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion.qa_pipeline import texts, windows
from companion.qa_pipeline.batches import forward
from companion.qa_pipeline.texts import text_tokens
from companion.qa_pipeline.windows import cut, kept, merge, model_inputs

SOME = examples(200)


@st.composite
def sizes(draw):
    room = draw(st.integers(1, 30))
    return draw(st.integers(1, 120)), room, draw(st.integers(0, room - 1))


@given(sizes())
@SOME
def test_each_token_is_kept_once_where_it_has_most_context(size):
    tokens, room, stride = size
    found = cut(tokens, room, stride)
    assert [w.first for w in found] == [i * (room - stride) for i in range(len(found))]
    assert found[-1].end == tokens
    assert all(w.end == w.first + room for w in found[:-1])
    for token in range(tokens):
        context = [
            min(token - w.first, w.end - 1 - token) if w.first <= token < w.end else -1
            for w in found
        ]
        keepers = [w.keep_from <= token < w.keep_to for w in found]
        assert sum(keepers) == 1
        assert keepers.index(True) == context.index(max(context))  # first on ties


def test_rows_are_what_the_tokenizer_makes_of_question_and_context(embedded):
    tokenizer, _ = embedded
    pairs = [("Who?", "My name is Foo"), ("What is your name, please?", "Bar.")]
    rows = [
        (text_tokens(tokenizer, q).ids, text_tokens(tokenizer, c).ids) for q, c in pairs
    ]
    ours = model_inputs(tokenizer, rows)
    questions, contexts = zip(*pairs, strict=True)
    theirs = tokenizer(
        list(questions), list(contexts), padding=True, return_tensors="pt"
    )
    assert {name: t.tolist() for name, t in ours.items()} == {
        name: t.tolist() for name, t in theirs.items()
    }


def test_windows_are_what_the_tokenizer_overflows_into(embedded):
    tokenizer, _ = embedded
    question, context = "Who was it?", "Ada met Bram at the harbour. " * 40
    theirs = tokenizer(
        question,
        context,
        max_length=60,
        stride=16,
        truncation="only_second",
        return_overflowing_tokens=True,
    )
    asked, given = text_tokens(tokenizer, question), text_tokens(tokenizer, context)
    found = cut(len(given), 60 - len(asked) - windows.SPECIAL_TOKENS, 16)
    for window, ids in zip(found, theirs["input_ids"], strict=True):
        inputs = model_inputs(
            tokenizer, [(asked.ids, given.ids[window.first : window.end])]
        )
        assert inputs["input_ids"][0].tolist() == ids


WORDS = st.sampled_from(
    ["Foo's", "naïve", "cafe\u0301", "北京", "😀", "a-b", "[SEP]", "été", "٣", "שלום"]
)
BLANKS = st.sampled_from([" ", "\n", "\t", "\r\n", "  "])


@given(st.lists(st.tuples(WORDS, BLANKS), min_size=1, max_size=30), st.integers(1, 40))
@SOME
def test_a_text_read_in_parts_is_the_text_read_at_once(embedded, words, at_once):
    tokenizer, _ = embedded
    text = "".join(word + blank for word, blank in words)
    whole = text_tokens(tokenizer, text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "AT_ONCE", at_once)
        parts = text_tokens(tokenizer, text)
    assert torch.equal(parts.ids, whole.ids)
    assert torch.equal(parts.offsets, whole.offsets)
    assert torch.equal(parts.words, whole.words)


def test_reading_forgets_how_the_tokenizer_was_called_before(embedded):
    tokenizer, _ = embedded
    text = "Ada met Bram. " * 20
    wanted = text_tokens(tokenizer, text).ids
    tokenizer("Who?", text, truncation="only_second", max_length=20, stride=4)
    assert torch.equal(text_tokens(tokenizer, text).ids, wanted)


def test_no_answer_is_as_likely_as_in_the_window_that_doubts_it_most():
    first = torch.tensor([[5.0, 1.0], [5.0, 2.0]])  # [CLS], then one token
    second = torch.tensor([[-1.0, 3.0], [4.0, 4.0]])
    assert merge([first, second]).tolist() == [[-1.0, 1.0, 3.0], [4.0, 2.0, 4.0]]


def test_one_window_keeps_all_its_logits(embedded):
    tokenizer, model = embedded
    asked, given = (
        text_tokens(tokenizer, "Who?").ids,
        text_tokens(tokenizer, "My name is Foo").ids,
    )
    [logits] = forward(model, model_inputs(tokenizer, [(asked, given)]))
    [window] = cut(len(given), 100, 0)
    whole = merge([kept(logits, len(asked), window)])
    assert torch.equal(whole, logits[:, [0, 4, 5, 6, 7, 8]])
