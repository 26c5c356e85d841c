import copy
import json
import unicodedata

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from companion.loading import EMBEDDED
from companion.tokens import Word, encode, join, split_words, tokenize, wordpiece

NOTES_IDS = [101, 2627, 136, 102, 1422, 1271, 1110, 143, 5658, 102]

STRANGE = [
    "My name is Foo",
    "Crème brûlée, naïve Zürich",
    "cafe\u0301s and e\u0301 \u0301a \u0344x",  # combining marks
    "İstanbul ΑΣ ß ﬁ ﷺ ½ ² Ⅷ",
    "日本語 and 한국어, 漢字a字\u3000𠀀\U0002b820\U0002b920",
    "😀 a😀b 👩‍👩‍👧 👍🏽 🇩🇪 ❤️",
    "a\x00b a\x01b a\x7fb a\x85b a\xadb a\ufffdb a\ufeffb a\u200bb a\ue000b a\u0378b",
    "\x00 \x00a\x00",
    "\t\n\r\x0b\x0c\x1c a\tb\nc\rd\x0be\x0cf\x1cg",
    "a\u00a0b\u1680c\u2003d\u2028e\u2029f\u202fg\u205fh\u3000i",
    "\u3000",
    "",
    "x" * 100 + " " + "x" * 101 + " " + "é\x00" * 100,
    "漢 ☃ a☃b ☃☃ qwǂ",  # unknown pieces
    "שלום עולם, مرحبا بالعالم! \u202eabc\u202c",
    "שָׁלוֹם مَرْحَبًا हिन्दी ภาษาไทย",
    "$5+<3=>4^`|~ ¿que? «a» „b“ – — … ‘c’ £ € § ¶ ° ≠ ≤",
    "##oo # #o ##",
    "a[SEP]b [UNK] [sep] [SEP [[CLS]] [MASK]. [PAD] [SE\x00P]",
]


def the_librarys(tokenizer, text):
    encoded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    return encoded.encodings[0].tokens, encoded["offset_mapping"]


@pytest.fixture(scope="module")
def cased(embedded):
    return embedded[0]


@pytest.fixture(
    scope="module",
    params=[
        {"do_lower_case": True},
        {"do_lower_case": True, "strip_accents": False},
        {"do_lower_case": False, "strip_accents": True},
        {"do_lower_case": False, "tokenize_chinese_chars": False},
    ],
    ids=lambda settings: ",".join(f"{name}={on}" for name, on in settings.items()),
)
def other_tokenizer(request, tmp_path_factory):
    """The embedded vocabulary with other settings."""
    folder = tmp_path_factory.mktemp("tokenizer")
    (folder / "vocab.txt").write_bytes((EMBEDDED / "vocab.txt").read_bytes())
    config = {"tokenizer_class": "BertTokenizer", **request.param}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    return AutoTokenizer.from_pretrained(folder)


@pytest.mark.parametrize("text", STRANGE)
def test_tokens_and_offsets_are_the_librarys(cased, text):
    assert tokenize(text, cased) == the_librarys(cased, text)


@pytest.mark.parametrize("text", STRANGE)
def test_so_they_are_with_other_settings(other_tokenizer, text):
    assert tokenize(text, other_tokenizer) == the_librarys(other_tokenizer, text)


def kind(category):
    """What of a character's category BERT asks for."""
    if category in ("Cc", "Cf", "Co"):
        return "dropped"
    return category if category == "Mn" else category[0] == "P"


def is_settled(character):
    """Whether Unicode has long classed the character as it does now.

    The library's tables are those of Unicode 8, ours those of this Python.
    """
    long_ago = unicodedata.ucd_3_2_0.category(character)
    return kind(long_ago) == kind(unicodedata.category(character))


settled_text = st.text(st.characters(codec="utf-8").filter(is_settled))


@given(text=settled_text)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_the_librarys_tokens_and_offsets(cased, text):
    assert tokenize(text, cased) == the_librarys(cased, text)


@given(text=settled_text)
@settings(max_examples=60, deadline=None)
def test_any_text_with_other_settings(other_tokenizer, text):
    assert tokenize(text, other_tokenizer) == the_librarys(other_tokenizer, text)


def test_every_blank_mark_and_control_character_is_treated_as_in_the_library(cased):
    every = (chr(c) for c in range(0x110000) if not 0xE000 <= c <= 0xF8FF)
    special = [c for c in every if unicodedata.category(c)[0] in "ZPS"]
    special += [c for c in map(chr, range(0x3000)) if unicodedata.category(c)[0] == "C"]
    text = " ".join(f"a{c}b" for c in filter(is_settled, special))
    ours, theirs = tokenize(text, cased), the_librarys(cased, text)
    assert len(ours[0]) > 10_000
    assert (ours == theirs) is True  # without a listing of what differs


def test_of_two_special_tokens_the_longer_is_seen(cased):
    tokenizer = copy.deepcopy(cased)
    tokenizer.add_tokens(["[SEP]+", "[SEP]++"], special_tokens=True)
    text = "a[SEP]++b [SEP]+ [SEP]"
    assert tokenize(text, tokenizer)[0] == ["a", "[SEP]++", "b", "[SEP]+", "[SEP]"]
    assert tokenize(text, tokenizer) == the_librarys(tokenizer, text)


CHINESE_EDGES = [
    *(0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF),
    *(0x2A700, 0x2B81F, 0x2B920, 0x2CEAF, 0x2F800, 0x2FA1F),
]


def test_chinese_begins_and_ends_where_the_library_says(cased):
    around = [edge + step for edge in CHINESE_EDGES for step in (-1, 0, 1)]
    text = " ".join(f"a{chr(point)}b" for point in around)
    assert tokenize(text, cased) == the_librarys(cased, text)


TOY = {"un", "##aff", "##able", "##a", "una", "##ffa", "able", "u", "!"}


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("able", ["able"]),
        ("unable", ["[UNK]"]),  # una ##?: the longest first piece leads nowhere
        ("unaffable", ["[UNK]"]),  # una ##ffa ##?
        ("uaffable", ["u", "##aff", "##able"]),
        ("unun", ["[UNK]"]),  # un begins a word, and continues none
        ("Able", ["[UNK]"]),
        ("!", ["!"]),
    ],
)
def test_wordpiece_by_hand(word, pieces):
    assert wordpiece(word, TOY) == pieces


def test_a_word_that_is_too_long_is_unknown():
    assert wordpiece("a" * 100, {"a", "##a"}) == ["a"] + 99 * ["##a"]
    assert wordpiece("a" * 101, {"a", "##a"}) == ["[UNK]"]
    assert wordpiece("a" * 101, {"a", "##a"}, unknown="?") == ["?"]


def test_words_know_where_they_were_written(cased):
    words = split_words(" Who?\x00 [SEP]", cased)
    assert [word.text for word in words] == ["Who", "?", "[SEP]"]
    assert words[0] == Word("Who", [(1, 2), (2, 3), (3, 4)])
    assert words[0].spans(["W", "##ho"]) == [(1, 2), (2, 4)]


def test_the_notes_ids(cased):
    encoded = encode(cased, "Who?", "My name is Foo")
    assert encoded.input_ids.tolist() == [NOTES_IDS]
    assert encoded.tokens[-3:] == ["F", "##oo", "[SEP]"]


@pytest.mark.parametrize(
    ("question", "context"),
    [
        ("Who?", "My name is Foo"),
        ("What [SEP]?", "a [SEP] b [CLS]"),  # what is written is not special
        ("Où?", "À Zürich,\x00 \u200bbei 東京 😀 " + "y" * 101),
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


@given(context=settled_text.filter(str.strip))
@settings(max_examples=60, deadline=None)
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


def test_another_kind_of_tokenizer_is_refused(cased):
    other = PreTrainedTokenizerFast(tokenizer_object=cased.backend_tokenizer)
    with pytest.raises(TypeError, match="tokenizer must be a BertTokenizer, not"):
        tokenize("Who?", other)
