"""Text to tokens, ids, types, positions and mask; and back to the characters."""

import re
import string
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise

import torch
from torch import Tensor
from transformers import BertTokenizer

CHINESE = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b81f"
    "\U0002b920-\U0002ceaf\U0002f800-\U0002fa1f]"  # Google's code has 2b820 for 2b920
)
Span = tuple[int, int]  # text[first:end]
LONGEST_WORD = 100  # characters


@dataclass(frozen=True)
class Word:
    """A word, and for each of its characters what the text has in its place."""

    text: str
    written: list[Span]

    def spans(self, pieces: list[str]) -> list[Span]:
        """For each of the word's pieces, the characters that it was made from."""
        cuts = [0, *accumulate(len(piece.removeprefix("##")) for piece in pieces)]
        if len(pieces) == 1:
            cuts = [0, len(self.text)]  # [UNK] stands for a word of any length
        return [(self.written[a][0], self.written[b - 1][1]) for a, b in pairwise(cuts)]


def wordpiece(
    word: str, vocabulary: Container[str], unknown: str = "[UNK]"
) -> list[str]:
    """The pieces of a word, always the longest that fits; `##` continues a word.

    A word of more than 100 characters is unknown as a whole, and so is one that
    comes to a point where no piece fits: no earlier piece is shortened to find a way.
    Wu et al. (2016), section 4.1; Devlin et al. (2019), section 3. Chapter 2.
    """
    if len(word) > LONGEST_WORD:
        return [unknown]
    pieces, start = [], 0
    while start < len(word):
        mark = "##" if start else ""
        end = len(word)
        while end > start and mark + word[start:end] not in vocabulary:
            end -= 1
        if end == start:
            return [unknown]
        pieces.append(mark + word[start:end])
        start = end
    return pieces


def split_words(text: str, tokenizer: BertTokenizer) -> list[Word]:
    """The words of a text: blanks part them, punctuation and Chinese stand alone.

    All ASCII symbols are punctuation. Control, format and private characters and
    U+FFFD are dropped; an uncased tokenizer drops accents too. A special token spelled
    out in the text, such as `[SEP]`, stays whole. TypeError if the tokenizer is not
    BERT's. `BasicTokenizer` in the code of Devlin et al. (2019). Chapter 2.
    """
    if not isinstance(tokenizer, BertTokenizer):
        raise TypeError(f"tokenizer must be a BertTokenizer, not {type(tokenizer)}")
    specials = map(str, tokenizer.added_tokens_decoder.values())
    longest_first = map(re.escape, sorted(specials, key=len, reverse=True))
    clean = [
        (character, found.span())
        for found in re.finditer("|".join([*longest_first, "."]), text, re.DOTALL)
        for character in _clean(found[0], tokenizer)
    ]
    groups = groupby(clean, key=lambda pair: pair[0].isspace())
    words = [list(group) for is_blank, group in groups if not is_blank]
    return [Word("".join(c for c, _ in word), [s for _, s in word]) for word in words]


def _clean(written: str, tokenizer: BertTokenizer) -> str:
    """What is left of a character; blanks around it if it is a word by itself."""
    if len(written) > 1:
        return f" {written} "  # a special token
    unwritten = unicodedata.category(written) in ("Cc", "Cf", "Co")
    if written == "\ufffd" or (unwritten and written not in "\t\n\r"):
        return ""
    lower_case, strip_accents = tokenizer.do_lower_case, tokenizer.strip_accents
    if strip_accents or (lower_case and strip_accents is None):
        parts = unicodedata.normalize("NFD", written)  # é: an e, and a mark that goes
        written = "".join(p for p in parts if unicodedata.category(p) != "Mn")
    written = written.lower() if lower_case else written
    return "".join(f" {c} " if _is_apart(c, tokenizer) else c for c in written)


def _is_apart(character: str, tokenizer: BertTokenizer) -> bool:
    if CHINESE.match(character):
        return tokenizer.tokenize_chinese_chars
    return character in string.punctuation or unicodedata.category(character)[0] == "P"


def tokenize(
    text: str, tokenizer: BertTokenizer, vocabulary: dict[str, int] | None = None
) -> tuple[list[str], list[Span]]:
    """The tokens of a text, and for each the characters that it was made from.

    Reads the tokenizer's settings, and its vocabulary if none is given. Chapter 2.
    """
    vocabulary = vocabulary or tokenizer.get_vocab()
    tokens, offsets = [], []
    for word in split_words(text, tokenizer):
        pieces = wordpiece(word.text, vocabulary, unknown=tokenizer.unk_token)
        tokens += pieces
        offsets += word.spans(pieces)
    return tokens, offsets


@dataclass(frozen=True, eq=False)
class Encoded:
    """A question and a context as the model reads them, T tokens; tensors are (1, T).

    `offsets` has for each token its characters in the question or in the context, and
    None for the three special tokens put around them.
    """

    question: str
    context: str
    tokens: list[str]
    offsets: list[Span | None]
    input_ids: Tensor
    token_type_ids: Tensor
    position_ids: Tensor
    attention_mask: Tensor

    @property
    def is_special(self) -> Tensor:
        """(T,), True for `[CLS]` and the two `[SEP]`."""
        return torch.tensor([span is None for span in self.offsets])

    @property
    def is_context(self) -> Tensor:
        """(T,), True where a token belongs to the context."""
        return (self.token_type_ids[0] == 1) & ~self.is_special

    def model_inputs(self) -> dict[str, Tensor]:
        """What the model is called with: `model(**encoded.model_inputs())`."""
        names = ("input_ids", "token_type_ids", "position_ids", "attention_mask")
        return {name: getattr(self, name) for name in names}

    def text_of(self, first: int, last: int) -> str:
        """The context's own characters from token `first` to `last`, or ValueError."""
        inside = self.is_context[first : last + 1]
        if not (0 <= first <= last < len(self.tokens) and inside.all()):
            raise ValueError(f"tokens {first} to {last} must be ones of the context")
        return self.context[self.offsets[first][0] : self.offsets[last][1]]

    def __str__(self) -> str:
        inputs = [tensor[0].tolist() for tensor in self.model_inputs().values()]
        spans = ["-" if s is None else f"{s[0]}:{s[1]}" for s in self.offsets]
        head = ("token", "id", "type", "position", "mask", "characters")
        rows = [head, *zip(self.tokens, *inputs, spans, strict=True)]
        width = max(len(token) for token, *_ in rows)
        layout = f"{{3:>8}}  {{0:{width}}}  {{1:>6}}  {{2:>4}}  {{4:>4}}  {{5:>10}}"
        return "\n".join(layout.format(*row) for row in rows)


def encode(tokenizer: BertTokenizer, question: str, context: str) -> Encoded:
    """`[CLS] question [SEP] context [SEP]`: all that the embeddings ask for.

    Types are 0 up to the first `[SEP]`, then 1; positions count from 0; the mask is 1.
    Raises what `check_text` raises. Devlin et al. (2019), figure 2. Chapter 2.
    """
    check_text("question", question)
    check_text("context", context)
    vocabulary = tokenizer.get_vocab()
    asked, asked_at = tokenize(question, tokenizer, vocabulary)
    given, given_at = tokenize(context, tokenizer, vocabulary)
    cls, sep = tokenizer.cls_token, tokenizer.sep_token
    tokens = [cls, *asked, sep, *given, sep]
    offsets = [None, *asked_at, None, *given_at, None]
    ids = [vocabulary[token] for token in tokens]
    types = [0] * (len(asked) + 2) + [1] * (len(given) + 1)
    rows = ids, types, range(len(tokens)), [1] * len(tokens)
    tensors = (torch.tensor([list(row)]) for row in rows)  # (1, T) each
    return Encoded(question, context, tokens, offsets, *tensors)


def check_text(name: str, text: str) -> None:
    """Refuse what is not a string (TypeError) or blank (ValueError), by its name."""
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string, not {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"{name} must hold some text, not {text!r}")


def join(tokens: list[str]) -> str:
    """Pieces as readable words, `F ##oo` as `Foo`; the text's own blanks are lost."""
    return " ".join(tokens).replace(" ##", "")
