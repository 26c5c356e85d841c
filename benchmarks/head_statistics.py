"""What the model's heads do on held-out questions.

    python -m benchmarks.head_statistics squadshifts_new_wiki.json.gz qamr.json.gz

Reads the part of both files that training never saw. Where heads look is averaged over
questions on Wikipedia's paragraphs. What changes without some heads, and how far the
measures of chapter 10 agree on a question's tokens, is averaged over questions on
QAMR's sentences. Writes averages with their standard errors, no text, to
`companion/measured/head_statistics.json`. Takes about six minutes on one core.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering

import companion
from benchmarks.questions import about
from benchmarks.readings import Reading, mean, readings, rounded
from companion import encoder, heads, measured
from companion.fine_tuning.metrics import exact_match
from companion.heads import Head, Standing, attribution

PARAGRAPHS, SENTENCES = 120, 200  # questions on each
COMPARED = 80  # right answers, for the measures of tokens
Table = dict[str, Any]


def main(wikipedia: Path, qamr: Path) -> None:
    """Measure both tables, and store them."""
    tokenizer, model = companion.load()
    looks = where_heads_look(islice(readings(tokenizer, model, wikipedia), PARAGRAPHS))
    asked = list(islice(readings(tokenizer, model, qamr), SENTENCES))
    table = {
        **about("head_statistics", wikipedia, qamr),
        "where heads look": looks,
        "what answers rest on": what_answers_rest_on(model, asked, looks),
    }
    text = json.dumps(table) + "\n"
    (measured.FOLDER / "head_statistics.json").write_text(text, encoding="utf-8")


def where_heads_look(texts: Iterable[Reading]) -> Table:
    """Average each head's shares over questions."""
    rows = [heads.shares(reading.weights, reading.encoded) for reading in texts]
    return {"questions": len(rows)} | {
        name: rounded(torch.stack([row[name] for row in rows]).mean(0))
        for name in rows[0]
    }


def what_answers_rest_on(
    model: BertForQuestionAnswering, asked: list[Reading], looks: Table
) -> Table:
    """Switch off each head, and compare measures, on right answers; sets on all."""
    right = [reading for reading in asked if reading.is_right]
    changes = [heads.effects(model, r.encoded, *r.span) for r in right]
    to_answer = torch.stack([on_answer(reading) for reading in right]).mean(0)
    back = torch.stack([on_question(reading) for reading in right]).mean(0)  # (L, A)
    sets = named_sets(to_answer, back, torch.tensor(looks["same word"]))
    pairs = defaultdict(list)
    for reading in right[:COMPARED]:
        for name, agreed in agreements(model, reading):
            pairs[name].append(agreed)
    ranks = (weight_and_effect(*pair) for pair in zip(right, changes, strict=True))
    return {
        "questions": len(asked),
        "answered right": len(right),
        "to the answer": rounded(to_answer),
        "one head off": summaries(changes),
        "several heads off": {
            name: {"heads": off} | without(model, asked, off)
            for name, off in sets.items()
        },
        "heads by weight on the question | effect": mean(list(ranks)),
        "compared": len(right[:COMPARED]),
        "rank correlations": {name: mean(values) for name, values in pairs.items()},
    }


def on_answer(reading: Reading) -> Tensor:
    """What all other words give to the answer's, in each head, (L, A)."""
    others = ~reading.encoded.is_special & ~reading.answers()
    return heads.given(reading.weights, others, reading.answers())


def on_question(reading: Reading) -> Tensor:
    """What the answer's tokens give to the question's, in each head, (L, A)."""
    return heads.given(reading.weights, reading.answers(), reading.asks())


def named_sets(to_answer: Tensor, back: Tensor, same: Tensor) -> dict[str, list[Head]]:
    """The heads of chapter 10 by what they look at, and some of them together.

    Args:
        to_answer, back, same: (L, A), what each head gives to the answer, from there
            to the question, and to the same word.
    """
    looks, also = strongest_two(to_answer)
    back_at = heads.strongest(back)
    layer = [(looks[0], head) for head in range(to_answer.shape[1])]
    twins = strongest_two(same)
    return {
        "at the answer": [looks],
        "at the answer, the second": [also],
        "at the answer, both": [looks, also],
        "its whole layer": layer,
        "the rest of its layer": [head for head in layer if head != looks],
        "back at the question": [back_at],
        "at the answer and back": [looks, back_at],
        "same word, the first": twins[:1],
        "same word, the second": twins[1:],
        "same word, both": twins,
    }


def strongest_two(table: Tensor) -> list[Head]:
    """The heads of the two largest numbers in a table, (L, A)."""
    first = heads.strongest(table)
    rest = table.clone()
    rest[first] = -torch.inf
    return [first, heads.strongest(rest)]


@torch.inference_mode()
def without(
    model: BertForQuestionAnswering, asked: list[Reading], off: list[Head]
) -> Table:
    """What changes without some heads: for right answers, for wrong ones, for all."""
    changes: dict[bool, list[Standing]] = {True: [], False: []}  # by what was right
    same, gained = [], []
    for reading in asked:
        encoded, right = reading.encoded, reading.is_right
        with heads.switched_off(model, off):
            output = model(**encoded.model_inputs())
        now = torch.cat(heads.span_standing(output, encoded, *reading.span))  # (4,)
        changes[right].append(Standing(*now - reading.standing))
        span = heads.likeliest_span(output, encoded)
        same += [float(span == reading.span)] if right else []
        gained.append(exact_match(encoded.text_of(*span), reading.references) - right)
    return {
        **summaries(changes[True]),
        "same answer": mean(same),
        "wrong answers": summaries(changes[False]),
        "exact match": mean(gained),
    }


def summaries(changes: list[Standing]) -> Table:
    """Mean and standard error of each field over questions."""
    table = {}
    for name, values in zip(Standing._fields, zip(*changes, strict=True), strict=True):
        rows = torch.stack(values)  # (questions, ...)
        error = rows.std(0) / len(rows) ** 0.5
        table[name] = {"mean": rounded(rows.mean(0)), "error": rounded(error)}
    return table


def weight_and_effect(reading: Reading, change: Standing) -> float:
    """Rank heads by the answer's attention to the question, and by their effect."""
    looks = on_question(reading).flatten()
    return attribution.rank_correlation(looks, change.margin.abs().flatten())


def agreements(
    model: BertForQuestionAnswering, reading: Reading
) -> Iterator[tuple[str, float]]:
    """For each two measures, how far they rank the tokens of a text in one order."""
    encoded = reading.encoded
    with torch.inference_mode():
        trace = encoder.trace(model.bert, **encoded.model_inputs())
    measures = attribution.measures(model, encoded, trace, *reading.span)
    rows = {name: row[~encoded.is_special] for name, row in measures.items()}
    for one, other in combinations(rows, 2):
        yield f"{one} | {other}", attribution.rank_correlation(rows[one], rows[other])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
