"""A question and a context as the model reads them, and back to the characters."""

from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.tokens.words import Span, tokenize


@dataclass(frozen=True, eq=False)
class Encoded:
    """A question and a context as the model reads them, T tokens; tensors are (1, T).

    `offsets` has for each token its characters in the question or in the context, and
    None for the three special tokens put around them. `print(encoded)` shows a table.
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
        """True for `[CLS]` and the two `[SEP]`, (T,)."""
        return torch.tensor([span is None for span in self.offsets])

    @property
    def is_context(self) -> Tensor:
        """True where a token belongs to the context, (T,)."""
        return (self.token_type_ids[0] == 1) & ~self.is_special

    def model_inputs(self) -> dict[str, Tensor]:
        """Name what the model is called with: `model(**encoded.model_inputs())`."""
        names = ("input_ids", "token_type_ids", "position_ids", "attention_mask")
        return {name: getattr(self, name) for name in names}

    def text_of(self, first: int, last: int) -> str:
        """Return the context's own characters from token `first` to token `last`.

        Token 7 to 8 of "Who?" on "My name is Foo", `F` and `##oo`, give "Foo".

        Raises:
            ValueError: if any of these tokens is not one of the context's.
        """
        inside = self.is_context[first : last + 1]
        if not (0 <= first <= last < len(self.tokens) and inside.all()):
            raise ValueError(f"tokens {first} to {last} must be the context's own")
        spans = [span for span in self.offsets[first : last + 1] if span]
        return self.context[spans[0][0] : spans[-1][1]]

    def tokens_of(self, text: str) -> tuple[int, int]:
        """Find the first and the last token of the first `text` in the context.

        "Foo" in "My name is Foo" gives (7, 8) for the question "Who?": `F` and `##oo`.
        The way back is `text_of`.

        Raises:
            ValueError: if no token was made from `text`, or the context lacks it.
        """
        start, inside = self.context.find(text), self.is_context.tolist()
        end = start + len(text)
        places = [
            i
            for i, span in enumerate(self.offsets)
            if span and inside[i] and span[0] < end and start < span[1]
        ]
        if start < 0 or not places:
            raise ValueError(f"text must be words of the context, not {text!r}")
        return places[0], places[-1]

    def __str__(self) -> str:
        inputs = [tensor[0].tolist() for tensor in self.model_inputs().values()]
        spans = ["-" if s is None else f"{s[0]}:{s[1]}" for s in self.offsets]
        head = ("token", "id", "type", "position", "mask", "characters")
        rows = [head, *zip(self.tokens, *inputs, spans, strict=True)]
        width = max(len(token) for token, *_ in rows)
        layout = f"{{3:>8}}  {{0:{width}}}  {{1:>6}}  {{2:>4}}  {{4:>4}}  {{5:>10}}"
        return "\n".join(layout.format(*row) for row in rows)


def encode(tokenizer: BertTokenizer, question: str, context: str) -> Encoded:
    """Encode `[CLS] question [SEP] context [SEP]`: everything that the embeddings need.

    Types are 0 up to the first `[SEP]`, then 1; positions count from 0; the mask is 1.
    "Who?" and "My name is Foo" give 10 tokens. Devlin et al. (2019), figure 2.

    Raises:
        TypeError, ValueError: what `check_text` and `split_words` raise.
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
    """Refuse what is not a text, by the argument's name.

    Raises:
        TypeError: if it is not a string.
        ValueError: if it is empty or only whitespace.
    """
    if not isinstance(text, str):
        raise TypeError(f"{name} must be a string, not {type(text).__name__}")
    if not text.strip():
        raise ValueError(f"{name} must hold some text, not {text!r}")


def join(tokens: list[str]) -> str:
    """Join pieces to readable words, `F ##oo` to `Foo`; original spacing is lost."""
    return " ".join(tokens).replace(" ##", "")
