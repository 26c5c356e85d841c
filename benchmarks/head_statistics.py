"""What the model's heads do on held-out questions.

    python -m benchmarks.head_statistics squadshifts_new_wiki.json.gz qamr.json.gz

Reads the part of both files that training never saw. Where heads look is averaged over
questions on Wikipedia's paragraphs. What the answer loses without a head, and how far
the measures of chapter 10 agree on a question's tokens, is averaged over questions on
QAMR's sentences that the model answers right. Writes the averages, no text, to
`companion/measured/head_statistics.json`.
"""

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

import companion
from benchmarks.questions import about, held_out
from companion import encoder, heads, measured, tokens
from companion.encoder import Trace
from companion.fine_tuning.squad import Example
from companion.heads import attribution
from companion.qa_head import best_span, span_probabilities
from companion.tokens import Encoded

QUESTIONS, LONGEST, FURTHEST = 120, 320, 8
LEAST, LONGEST_ANSWER = 20, 15  # tokens
Model = tuple[BertTokenizer, BertForQuestionAnswering]


@dataclass(frozen=True)
class Reading:
    """A question and its context as tokens, and every intermediate of the encoder."""

    encoded: Encoded
    trace: Trace
    references: set[str]


def main(wikipedia: Path, qamr: Path) -> None:
    """Measure both tables, and store them."""
    model = companion.load()
    table = {
        **about("head_statistics", wikipedia, qamr),
        "where heads look": where_heads_look(readings(model, wikipedia)),
        "what answers rest on": what_answers_rest_on(model[1], readings(model, qamr)),
    }
    text = json.dumps(table) + "\n"
    (measured.FOLDER / "head_statistics.json").write_text(text, encoding="utf-8")


def readings(model: Model, path: Path) -> Iterator[Reading]:
    """Held-out questions of a file in random order, without the very long ones."""
    examples = held_out(path)
    random.Random(0).shuffle(examples)
    for example in examples:
        if reading := read(*model, example):
            yield reading


def read(
    tokenizer: BertTokenizer, model: BertForQuestionAnswering, example: Example
) -> Reading | None:
    """Run the encoder on one question; None if its text is too long."""
    encoded = tokens.encode(tokenizer, example.question, example.context)
    if len(encoded.tokens) > LONGEST:
        return None
    with torch.inference_mode():
        trace = encoder.trace(model.bert, **encoded.model_inputs())
    return Reading(encoded, trace, {text for text, _ in example.answers})


def where_heads_look(texts: Iterator[Reading]) -> dict[str, Any]:
    """Shares, entropy and weight by distance, averaged over questions."""
    rows = []
    for reading in islice(texts, QUESTIONS):
        weights = heads.stack(reading.trace)  # (L, A, T, T)
        row = heads.shares(weights, reading.encoded)
        row["entropy"] = heads.entropy(weights)
        rows.append(row | {"by distance": heads.by_distance(weights, FURTHEST)})
    return {"questions": len(rows)} | {
        name: rounded(torch.stack([row[name] for row in rows]).mean(0))
        for name in rows[0]
    }


def what_answers_rest_on(
    model: BertForQuestionAnswering, texts: Iterator[Reading]
) -> dict[str, Any]:
    """Effects of heads, and rank correlations between measures, over right answers."""
    lost, by_weight, pairs = [], [], defaultdict(list)
    right = ((r, span) for r in texts if (span := right_span(model, r)))
    for reading, (first, last) in islice(right, QUESTIONS):
        inputs = reading.encoded.model_inputs()
        lost.append(heads.effects(model, inputs, first, last))  # (L, A)
        by_weight.append(weight_and_effect(reading, first, last, lost[-1]))
        for name, agreed in agreements(model, reading, first, last):
            pairs[name].append(agreed)
    return {
        "questions": len(lost),
        "effects": rounded(torch.stack(lost).mean(0)),
        "heads by weight on the question | effect": mean(by_weight),
        "rank correlations": {name: mean(values) for name, values in pairs.items()},
    }


def right_span(
    model: BertForQuestionAnswering, reading: Reading
) -> tuple[int, int] | None:
    """First and last token of the model's answer; None if it is wrong or very short."""
    encoded = reading.encoded
    if len(encoded.tokens) < LEAST:
        return None
    with torch.inference_mode():
        output = model(**encoded.model_inputs())
    logits = output.start_logits[0], output.end_logits[0]  # (T,) each
    chances = span_probabilities(*logits, encoded.is_context)
    first, last, _ = best_span(*chances, longest=LONGEST_ANSWER)
    is_right = encoded.text_of(first, last) in reading.references
    return (first, last) if is_right else None


def weight_and_effect(
    reading: Reading, first: int, last: int, effects: Tensor
) -> float:
    """Rank heads by the answer's attention to the question, and by their effect."""
    encoded = reading.encoded
    question = (encoded.token_type_ids[0] == 0) & ~encoded.is_special
    weights = heads.stack(reading.trace)[:, :, [first, last]]  # (L, A, 2, T)
    on_question = weights[..., question].mean(2).sum(-1)  # (L, A)
    return attribution.rank_correlation(on_question.flatten(), effects.abs().flatten())


def agreements(
    model: BertForQuestionAnswering, reading: Reading, first: int, last: int
) -> Iterator[tuple[str, float]]:
    """For each two measures, how far they rank the tokens of a text in one order."""
    encoded = reading.encoded
    measures = attribution.measures(model, encoded, reading.trace, first, last)
    rows = {name: row[~encoded.is_special] for name, row in measures.items()}
    for one, other in combinations(rows, 2):
        yield f"{one} | {other}", attribution.rank_correlation(rows[one], rows[other])


def mean(values: list[float]) -> dict[str, float]:
    """Mean, and the standard error of the mean."""
    numbers = torch.tensor(values, dtype=torch.float64)
    error = float(numbers.std() / len(numbers) ** 0.5)
    return {"mean": round(float(numbers.mean()), 3), "error": round(error, 3)}


def rounded(table: Tensor) -> list:
    """Nested lists of numbers with four decimals."""
    return (table.double() * 1e4).round().div(1e4).tolist()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
