"""From questions to what a model is trained on: windows with labels, in batches."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.fine_tuning.recipe import BATCH, LENGTH
from companion.fine_tuning.squad import Example

STRIDE = 128  # tokens of context that neighbouring windows share


@dataclass(frozen=True)
class Feature:
    """What the model reads at once; the labels are tokens, 0 is `[CLS]`."""

    input_ids: list[int]
    token_type_ids: list[int]
    offsets: list[tuple[int, int] | None]  # None outside the context
    start: int
    end: int
    example: int


def add_unanswerable(examples: list[Example], share: float, seed: int) -> list[Example]:
    """`examples`, and a `share` of them again with a paragraph that lacks the answer.

    The paragraph is another one of the same page, without any of the reference texts.
    """
    rng = random.Random(seed)
    paragraphs: dict[str, list[str]] = {}
    for context, page in dict.fromkeys((e.context, e.page) for e in examples):
        paragraphs.setdefault(page, []).append(context)
    extra = []
    for example in rng.sample(examples, k=int(share * len(examples))):
        other = rng.choice(paragraphs[example.page])
        if not any(text.lower() in other.lower() for text, _ in example.answers):
            extra.append(replace(example, context=other, answers=()))
    return examples + extra


def features_of(
    examples: list[Example], tokenizer: BertTokenizer, length: int = LENGTH
) -> list[Feature]:
    """Cut each question and context into windows of at most `length` tokens.

    The label is the commonest reference answer. A window that does not hold all of it
    is labelled `[CLS]`, "no answer here".
    """
    encoded = tokenizer(
        [e.question.strip() for e in examples],
        [e.context for e in examples],
        truncation="only_second",
        max_length=length,
        stride=STRIDE,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    windows = []
    for i, example in enumerate(encoded["overflow_to_sample_mapping"]):
        start, end = 0, 0
        if answers := examples[example].answers:
            (text, first), _ = Counter(answers).most_common(1)[0]
            tokens = (
                encoded.char_to_token(i, first, sequence_index=1),
                encoded.char_to_token(i, first + len(text) - 1, sequence_index=1),
            )
            start, end = (0, 0) if None in tokens else tokens
        inside = encoded.sequence_ids(i)
        windows.append(
            Feature(
                input_ids=encoded["input_ids"][i],
                token_type_ids=encoded["token_type_ids"][i],
                offsets=[
                    o if s == 1 else None
                    for o, s in zip(encoded["offset_mapping"][i], inside, strict=True)
                ],
                start=start,
                end=end,
                example=example,
            )
        )
    return windows


def unmapped(examples: list[Example], windows: list[Feature]) -> list[Example]:
    """Those that have an answer of which no window holds all."""
    found = {w.example for w in windows if w.end}
    return [e for i, e in enumerate(examples) if e.answers and i not in found]


def batches(windows: list[Feature], size: int = BATCH) -> Iterator[list[Feature]]:
    """Windows of like length together, so that little is padded; shortest first."""
    by_length = sorted(windows, key=lambda w: len(w.input_ids))
    for i in range(0, len(by_length), size):
        yield by_length[i : i + size]


def collate(batch: list[Feature], longest: int | None = None) -> dict[str, Tensor]:
    """The model's arguments for `batch`, each (B, T), padded to its longest window.

    Args:
        longest: tokens to pad to, if there are windows beside these.
    """
    longest = longest or max(len(w.input_ids) for w in batch)

    def padded(rows: list[list[int]]) -> Tensor:
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    return {
        "input_ids": padded([w.input_ids for w in batch]),
        "token_type_ids": padded([w.token_type_ids for w in batch]),
        "attention_mask": padded([[1] * len(w.input_ids) for w in batch]),
    }
