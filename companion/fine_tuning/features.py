"""From questions to what a model is trained on: windows with labels, in batches.

Contexts are cut by the rules of the question answerer (chapter 7), in the same code. A
window has no tokens of its own: it is a place in its context's, and so takes no memory.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.fine_tuning.recipe import LENGTH
from companion.fine_tuning.references import is_placed
from companion.fine_tuning.squad import Example
from companion.qa_pipeline.arguments import (
    LONGEST_QUESTION,
    LONGEST_STRIDE,
    Lengths,
    check_tokens,
)
from companion.qa_pipeline.texts import Tokens, text_tokens
from companion.qa_pipeline.windows import SPECIAL_TOKENS

STRIDE = LONGEST_STRIDE  # tokens that neighbouring windows share, if there is room


class NoRoom(ValueError):
    """A question is too long for a window."""


@dataclass(frozen=True, eq=False, slots=True)
class Feature:
    """What the model reads at once; the labels are tokens, 0 is `[CLS]`.

    `question` is (Q,), `[CLS]` to `[SEP]`; the window is `context[first:stop]`.
    """

    question: Tensor
    context: Tokens
    first: int
    stop: int
    start: int
    end: int
    example: int

    def __len__(self) -> int:
        return len(self.question) + self.stop - self.first + 1

    @property
    def input_ids(self) -> list[int]:
        """The ids of `[CLS] question [SEP] window [SEP]`."""
        window = self.context.ids[self.first : self.stop]
        return [*self.question.tolist(), *window.tolist(), int(self.question[-1])]

    @property
    def token_type_ids(self) -> list[int]:
        """0 for the question, 1 for the window."""
        question = len(self.question)
        return [0] * question + [1] * (len(self) - question)

    @property
    def offsets(self) -> list[tuple[int, int] | None]:
        """The characters of each token of the context; None outside it."""
        places = self.context.offsets[self.first : self.stop].tolist()
        return [*[None] * len(self.question), *map(tuple, places), None]


def add_unanswerable(examples: list[Example], share: float, seed: int) -> list[Example]:
    """`examples`, and a `share` of them again with another paragraph of their page.

    It lacks all of the reference texts, so that there is no answer. Whether another
    paragraph answers a question that had none is not known: it comes again as it is, or
    not at all.
    """
    rng = random.Random(seed)
    paragraphs: dict[str, list[str]] = {}
    for context, page in dict.fromkeys((e.context, e.page) for e in examples):
        paragraphs.setdefault(page, []).append(context)
    extra = []
    for example in rng.sample(examples, k=int(share * len(examples))):
        other = rng.choice(paragraphs[example.page])
        is_there = any(text.lower() in other.lower() for text, _ in example.answers)
        is_another = other != example.context
        if not is_there and is_another == bool(example.answers):
            extra.append(replace(example, context=other, answers=()))
    return examples + extra


def features_of(
    examples: list[Example], tokenizer: BertTokenizer, length: int = LENGTH
) -> list[Feature]:
    """Cut each question and context into windows of at most `length` tokens.

    The label is the commonest reference answer: all tokens that have a character of it.
    A window that does not hold all of them is labelled `[CLS]`, "no answer here".

    Raises:
        NoRoom, ValueError: naming the question, if it leaves no room for the context in
            a window, or if one of the two texts has no token.
    """
    sizes = Lengths(length, None, LONGEST_QUESTION)
    by_context: dict[str, list[int]] = {}
    for number, example in enumerate(examples):
        by_context.setdefault(example.context, []).append(number)
    parts: list[list[Feature]] = [[] for _ in examples]
    for context, numbers in by_context.items():
        tokens = text_tokens(tokenizer, context)
        for n in numbers:
            question = _question(examples[n], tokens, tokenizer, sizes)
            parts[n] = list(_windows(examples[n], n, question, tokens, sizes))
    return [window for part in parts for window in part]


def check_readable(
    examples: list[Example], tokenizer: BertTokenizer, sizes: Lengths
) -> None:
    """Refuse what the question answerer would stumble over; errors as `features_of`."""
    read_once = lru_cache(maxsize=8)(partial(text_tokens, tokenizer))
    for example in examples:
        _question(example, read_once(example.context), tokenizer, sizes)


def _question(
    example: Example, context: Tokens, tokenizer: BertTokenizer, sizes: Lengths
) -> Tensor:
    """(Q,), the ids of `[CLS] question [SEP]`, cut as the question answerer does."""
    ids = text_tokens(tokenizer, example.question).ids
    check_tokens(f"{example.where}: question", example.question, len(ids))
    check_tokens(f"{example.where}: context", example.context, len(context))
    ids = ids[: sizes.question]
    if len(ids) + SPECIAL_TOKENS >= sizes.window:
        raise NoRoom(
            f"{example.where}: its {len(ids)} tokens and {SPECIAL_TOKENS} special ones "
            f"leave no room for the context in windows of {sizes.window} tokens"
        )
    special = tokenizer.cls_token_id, tokenizer.sep_token_id
    return torch.tensor([special[0], *ids.tolist(), special[1]], dtype=torch.int32)


def _windows(
    example: Example, number: int, question: Tensor, context: Tokens, sizes: Lengths
) -> Iterator[Feature]:
    """The windows of one question, in the order of the text."""
    first, last = _label(example, context)
    for window in sizes.windows(len(question) - 2, len(context)):
        inside = window.first <= first and last < window.end
        shift = len(question) - window.first if inside else 0
        yield Feature(
            question,
            context,
            window.first,
            window.end,
            start=first + shift if inside else 0,
            end=last + shift if inside else 0,
            example=number,
        )


def _label(example: Example, context: Tokens) -> tuple[int, int]:
    """First and last token with a character of the commonest answer; -1 without any."""
    if example.answers:
        (text, first), _ = Counter(example.answers).most_common(1)[0]
        first, words = first + len(text) - len(text.lstrip()), text.strip()
        starts, ends = context.offsets.T  # (N, 2) -> (N,) each
        tokens = ((ends > first) & (starts < first + len(words))).nonzero()
        if is_placed(example.context, words, first) and len(tokens):
            return int(tokens[0]), int(tokens[-1])
    return -1, -1


def unmapped(examples: list[Example], windows: list[Feature]) -> list[Example]:
    """Those that have an answer of which no window holds all."""
    mapped = {w.example for w in windows if w.end}
    return [e for i, e in enumerate(examples) if e.answers and i not in mapped]


def collate(batch: list[Feature], longest: int | None = None) -> dict[str, Tensor]:
    """The model's arguments for `batch`, each (B, T), padded to its longest window.

    Args:
        longest: tokens to pad to, if there are windows beside these.
    """
    longest = longest or max(map(len, batch))

    def padded(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    return {
        "input_ids": padded([w.input_ids for w in batch]),
        "token_type_ids": padded([w.token_type_ids for w in batch]),
        "attention_mask": padded([[1] * len(w) for w in batch]),
    }
