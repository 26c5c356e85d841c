"""Text to words, and words to pieces, each with the characters it was made from.

Devlin, Chang, Lee and Toutanova, *BERT*, 2019, section 3, and the code beside it; Wu
and others, *Google's Neural Machine Translation System*, 2016, section 4.1.
"""

import re
import string
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

from transformers import BertTokenizer

CHINESE = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f"
    "\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f]"  # Google's code has 2b820 for 2b920
)
Span = tuple[int, int]  # text[first:end]
LONGEST_WORD = 100  # characters


@dataclass(frozen=True)
class Word:
    """A word, and for each of its characters the place in the text it was made from.

    For "Who?" in `" Who?"`: `Word("Who", [(1, 2), (2, 3), (3, 4)])`. The two may differ
    in length: an uncased tokenizer makes `e` of the two characters of a decomposed `é`.
    """

    text: str
    written: list[Span]

    def spans(self, pieces: list[str]) -> list[Span]:
        """Say for each of the word's pieces which characters it was made from.

        `["W", "##ho"]` of the word above: `[(1, 2), (2, 4)]`.
        """
        cuts = [0, *accumulate(len(piece.removeprefix("##")) for piece in pieces)]
        if len(pieces) == 1:
            cuts = [0, len(self.text)]  # [UNK] stands for a word of any length
        return [(self.written[a][0], self.written[b - 1][1]) for a, b in pairwise(cuts)]


def wordpiece(
    word: str, vocabulary: Container[str], unknown: str = "[UNK]"
) -> list[str]:
    """Cut a word into pieces, always the longest that fits; `##` continues a word.

    With `un`, `##aff` and `##able` in the vocabulary, `unaffable` becomes those three.
    With `una` in it too, that comes first; no `##f...` follows, so the whole word is
    unknown: no earlier piece is shortened to find a way. A word of more than 100
    characters is unknown as well.
    """
    if len(word) > LONGEST_WORD:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        prefix = "##" if start else ""
        end = len(word)
        while end > start and prefix + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return [unknown]
        pieces.append(prefix + word[start:end])
        start = end
    return pieces


def split_words(text: str, tokenizer: BertTokenizer) -> list[Word]:
    """Split a text at whitespace; punctuation and Chinese characters stand alone.

    `didn't` becomes `didn`, `'`, `t`: all ASCII symbols are punctuation. Control,
    format and private characters and U+FFFD are dropped; an uncased tokenizer drops
    accents too. A special token in the text, such as `[SEP]`, stays whole.

    Raises:
        TypeError: if the tokenizer is not BERT's.
    """
    if not isinstance(tokenizer, BertTokenizer):
        raise TypeError(f"tokenizer must be a BertTokenizer, not {type(tokenizer)}")
    specials = map(str, tokenizer.added_tokens_decoder.values())
    longest_first = map(re.escape, sorted(specials, key=len, reverse=True))
    clean = [
        (character, match.span())
        for match in re.finditer("|".join([*longest_first, "."]), text, re.DOTALL)
        for character in _clean(match[0], tokenizer)
    ]
    groups = groupby(clean, key=lambda pair: pair[0].isspace())
    words = [list(group) for is_space, group in groups if not is_space]
    return [Word("".join(c for c, _ in word), [s for _, s in word]) for word in words]


def _clean(written: str, tokenizer: BertTokenizer) -> str:
    """Clean one character; put spaces around what is a word by itself.

    `!` becomes ` ! `, a tab stays, a null character becomes nothing; where accents are
    dropped `é` becomes `e`. A special token, which comes whole, gets its spaces too.
    """
    if len(written) > 1:
        return f" {written} "  # a special token
    unwritten = unicodedata.category(written) in ("Cc", "Cf", "Co")
    if written == "\ufffd" or (unwritten and written not in "\t\n\r"):
        return ""
    lower_case, strip_accents = tokenizer.do_lower_case, tokenizer.strip_accents
    if strip_accents or (lower_case and strip_accents is None):
        parts = unicodedata.normalize("NFD", written)  # é: an e, and an accent to drop
        written = "".join(p for p in parts if unicodedata.category(p) != "Mn")
    written = written.lower() if lower_case else written
    return "".join(f" {c} " if _is_apart(c, tokenizer) else c for c in written)


def _is_apart(character: str, tokenizer: BertTokenizer) -> bool:
    """Tell whether a character is a word by itself: punctuation, or Chinese."""
    if CHINESE.match(character):
        return tokenizer.tokenize_chinese_chars
    return character in string.punctuation or unicodedata.category(character)[0] == "P"


def tokenize(
    text: str, tokenizer: BertTokenizer, vocabulary: dict[str, int] | None = None
) -> tuple[list[str], list[Span]]:
    """Cut a text into tokens, and say which characters each was made from.

    "is Foo" becomes `["is", "F", "##oo"]` and `[(0, 2), (3, 4), (4, 6)]`.

    Args:
        tokenizer: whose settings are followed.
        vocabulary: the tokenizer's own; `encode` asks for it once instead of twice.
    Raises:
        TypeError: if the tokenizer is not BERT's.
    """
    vocabulary = vocabulary or tokenizer.get_vocab()
    tokens, offsets = [], []
    for word in split_words(text, tokenizer):
        pieces = wordpiece(word.text, vocabulary, unknown=tokenizer.unk_token)
        tokens += pieces
        offsets += word.spans(pieces)
    return tokens, offsets
