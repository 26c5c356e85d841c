import pytest
import torch
from examples import examples
from hypothesis import given
from settled import settled_text

from companion.tokens import encode, join


@pytest.fixture(scope="module")
def cased(embedded):
    return embedded[0]


def test_the_notes_ids(cased, notes_ids):
    encoded = encode(cased, "Who?", "My name is Foo")
    assert torch.equal(encoded.input_ids, notes_ids)
    assert encoded.tokens[-3:] == ["F", "##oo", "[SEP]"]


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("Who?", "My name is Foo"),
        ("What [SEP]?", "a [SEP] b [CLS]"),  # what is written is not special
        ("Où?", "À Zürich,\x00 \u200bbei 東京 😀 " + "y" * 101),
        (
            "cafe\u0301\u00a0so\u00adft?",
            "👩\u200d👩\u200d👧 漢a字\u3000각 \u202eabc\ufeff שָׁלוֹם ภาษา",
        ),
        ("\x00", "\u200b"),  # no token of their own
    ],
)
def test_a_pair_is_encoded_as_the_library_does(cased, question, context):
    ours = encode(cased, question, context)
    theirs = cased(
        question,
        context,
        return_offsets_mapping=True,
        return_special_tokens_mask=True,
        return_tensors="pt",
    )
    for name in ("input_ids", "token_type_ids", "attention_mask"):
        assert torch.equal(getattr(ours, name), theirs[name])
        assert getattr(ours, name).dtype == torch.int64
    assert ours.tokens == theirs.tokens(0)
    offsets = [span or (0, 0) for span in ours.offsets]  # the library's for special
    assert offsets == [tuple(span) for span in theirs["offset_mapping"][0].tolist()]
    assert ours.is_special.tolist() == theirs["special_tokens_mask"][0].bool().tolist()
    assert ours.is_context.tolist() == [s == 1 for s in theirs.sequence_ids(0)]
    assert ours.position_ids.tolist() == [list(range(len(ours.tokens)))]


def test_the_model_reads_what_was_encoded(embedded):
    tokenizer, model = embedded
    ours = encode(tokenizer, "Who?", "My name is Foo")
    with torch.inference_mode():
        output = model(**ours.model_inputs())
        expected = model(**tokenizer("Who?", "My name is Foo", return_tensors="pt"))
    assert torch.equal(output.start_logits, expected.start_logits)


def test_a_span_of_tokens_gives_the_contexts_own_characters(cased):
    encoded = encode(cased, "Who?", "My  name\tis Foo")
    assert encoded.text_of(7, 8) == "Foo"
    assert encoded.text_of(4, 6) == "My  name\tis"
    assert join(encoded.tokens[4:9]) == "My name is Foo"


@pytest.mark.parametrize(
    ("first", "last"), [(1, 5), (0, 0), (7, 9), (8, 7), (-3, -2), (8, 10), (50, 60)]
)
def test_a_span_outside_the_context_is_refused(cased, first, last):
    encoded = encode(cased, "Who?", "My name is Foo")
    with pytest.raises(ValueError, match=f"tokens {first} to {last} must be"):
        encoded.text_of(first, last)


def test_a_piece_of_the_context_is_found_among_the_tokens(cased):
    encoded = encode(cased, "Foo?", "My name is Foo, not Foo")
    first = encoded.tokens.index("My")
    assert encoded.tokens_of("My name") == (first, first + 1)
    assert encoded.tokens_of("Foo") == (first + 3, first + 4)  # not the question's
    assert encoded.text_of(*encoded.tokens_of("Foo, not")) == "Foo, not"
    assert encoded.tokens_of("oo") == (first + 4, first + 4)
    assert encoded.tokens_of("am") == (first + 1, first + 1)  # the token that holds it


@pytest.mark.parametrize("text", ["Bar", "", " ", "?", "who"])
def test_what_has_no_token_in_the_context_is_refused(cased, text):
    encoded = encode(cased, "Who?", "My  name is Foo")
    with pytest.raises(ValueError, match="text must be words of the context"):
        encoded.tokens_of(text)


@given(context=settled_text.filter(str.strip))
@examples(60)
def test_every_span_lies_in_the_context(cased, context):
    encoded = encode(cased, "Who?", context)
    for place in encoded.is_context.nonzero().flatten().tolist():
        text, token = encoded.text_of(place, place), encoded.tokens[place]
        assert text
        assert text in context
        assert token == "[UNK]" or token.removeprefix("##")[0] == text[0]


TABLE = """\
position  token      id  type  mask  characters
       0  [CLS]     101     0     1           -
       1  Who      2627     0     1         0:3
       2  ?         136     0     1         3:4
       3  [SEP]     102     0     1           -
       4  My       1422     1     1         0:2
       5  name     1271     1     1         3:7
       6  is       1110     1     1        8:10
       7  F         143     1     1       11:12
       8  ##oo     5658     1     1       12:14
       9  [SEP]     102     1     1           -"""


def test_the_table_has_a_token_a_line(cased):
    assert str(encode(cased, "Who?", "My name is Foo")) == TABLE


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (None, TypeError, "must be a string, not NoneType"),
        (b"Who?", TypeError, "must be a string, not bytes"),
        ("", ValueError, "must hold some text, not ''"),
        (" \n", ValueError, "must hold some text, not"),
    ],
)
def test_what_is_not_text_is_refused(cased, name, wrong, error, message):
    arguments = {"question": "Who?", "context": "My name is Foo", name: wrong}
    with pytest.raises(error, match=f"{name} {message}"):
        encode(cased, **arguments)
