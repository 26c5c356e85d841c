import copy
import json
import unicodedata

import pytest
from examples import examples
from hypothesis import given
from settled import is_settled, settled_text
from transformers import AutoTokenizer, PreTrainedTokenizerFast

from companion.loading import EMBEDDED
from companion.tokens import Word, split_words, tokenize, wordpiece

STRANGE = [
    "My name is Foo",
    "Crème brûlée, naïve Zürich",
    "cafe\u0301s and e\u0301 \u0301a \u0344x",  # combining characters
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
def test_tokens_and_offsets_are_the_librarys_with_other_settings(other_tokenizer, text):
    assert tokenize(text, other_tokenizer) == the_librarys(other_tokenizer, text)


@given(text=settled_text)
@examples(200)
@pytest.mark.slow
def test_any_text_gives_the_librarys_tokens_and_offsets(cased, text):
    assert tokenize(text, cased) == the_librarys(cased, text)


@given(text=settled_text)
@examples(60)
@pytest.mark.slow
def test_any_text_gives_the_librarys_with_other_settings(other_tokenizer, text):
    assert tokenize(text, other_tokenizer) == the_librarys(other_tokenizer, text)


def test_every_space_symbol_and_control_character_is_treated_as_in_the_library(cased):
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


def test_another_kind_of_tokenizer_is_refused(cased):
    other = PreTrainedTokenizerFast(tokenizer_object=cased.backend_tokenizer)
    with pytest.raises(TypeError, match="tokenizer must be a BertTokenizer, not"):
        tokenize("Who?", other)
