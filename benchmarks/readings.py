"""Held-out questions as the model reads them, and averages over them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from benchmarks.questions import held_out
from companion import encoder, heads, tokens
from companion.fine_tuning.metrics import exact_match
from companion.tokens import Encoded

LEAST, LONGEST = 20, 320  # tokens of a text


@dataclass(frozen=True, eq=False)
class Reading:
    """A question and its context, where each head looks, and the model's answer."""

    encoded: Encoded
    references: list[str]
    weights: Tensor  # (L, A, T, T)
    span: tuple[int, int]  # the answer's first token and its last
    standing: Tensor  # of this answer, (4,)
    is_right: bool

    def asks(self) -> Tensor:
        """True for the question's tokens, (T,)."""
        return ~self.encoded.is_special & ~self.encoded.is_context

    def answers(self) -> Tensor:
        """True for the answer's tokens, (T,)."""
        places = torch.arange(len(self.encoded.tokens))
        return (places >= self.span[0]) & (places <= self.span[1])


def readings(
    tokenizer: BertTokenizer, model: BertForQuestionAnswering, path: Path
) -> Iterator[Reading]:
    """Held-out questions of a file in random order, none very short or very long."""
    examples = held_out(path)
    random.Random(0).shuffle(examples)
    for example in examples:
        encoded = tokens.encode(tokenizer, example.question, example.context)
        if LEAST <= len(encoded.tokens) <= LONGEST:
            yield read(model, encoded, [text for text, _ in example.answers])


def read(
    model: BertForQuestionAnswering, encoded: Encoded, references: list[str]
) -> Reading:
    """Run the model on one question."""
    with torch.inference_mode():
        trace = encoder.trace(model.bert, **encoded.model_inputs())
    span = heads.answer_of(model, encoded)
    standing = torch.cat(heads.standing(model, encoded, *span))
    found = bool(exact_match(encoded.text_of(*span), references))
    weights = heads.stack(trace)
    return Reading(encoded, references, weights, span, standing, found)


def mean(values: list[float]) -> dict[str, float]:
    """Mean, and the standard error of the mean."""
    numbers = torch.tensor(values, dtype=torch.float64)
    error = float(numbers.std() / len(numbers) ** 0.5)
    return {"mean": round(float(numbers.mean()), 3), "error": round(error, 3)}


def rounded(table: Tensor) -> list:
    """Nested lists of numbers with four decimals."""
    return (table.double() * 1e4).round().div(1e4).tolist()
