"""What the model's heads do on held-out questions: companion/head_statistics.json.

    python benchmarks/head_statistics.py WIKIPEDIA QAMR

Two files in SQuAD's format, `squadshifts_new_wiki.json.gz` and `qamr.json.gz`; of each
the part that training never saw is read. Where heads look is averaged over questions on
Wikipedia's paragraphs. What the answer loses without a head, and how far the measures
of chapter 10 agree on a question's tokens, is averaged over questions on QAMR's
sentences that the model answers right. Only averages are stored, no text.
"""

import json
import random
import sys
from itertools import combinations
from pathlib import Path

import torch

import companion
from companion import heads, loading, measured, tokens
from companion.encoder import trace as run_trace
from companion.fine_tuning.held_out import hold_out
from companion.fine_tuning.squad import Example, read_squad
from companion.heads import attribution
from companion.qa_head import best_span, span_probabilities

QUESTIONS, LONGEST, FURTHEST = 120, 320, 8


def held_out(path: Path) -> list[Example]:
    """Held-out questions of a file, in an order that chance made once."""
    _, examples = hold_out(read_squad(path), path.name)
    random.Random(0).shuffle(examples)
    return examples


def read(tokenizer, model, example):
    """The text as tokens, and every intermediate; None if it is too long."""
    encoded = tokens.encode(tokenizer, example.question, example.context)
    if len(encoded.tokens) > LONGEST:
        return None
    with torch.inference_mode():
        return encoded, run_trace(model.bert, **encoded.model_inputs())


def where_heads_look(tokenizer, model, examples) -> dict:
    """Shares, entropy and weight by distance, averaged over questions."""
    rows = []
    for example in examples:
        if len(rows) == QUESTIONS:
            break
        if (found := read(tokenizer, model, example)) is None:
            continue
        encoded, trace = found
        weights = heads.stack(trace)
        row = heads.shares(weights, encoded) | {"entropy": heads.entropy(weights)}
        rows.append(row | {"by distance": heads.by_distance(weights, FURTHEST)})
    return {"questions": len(rows)} | {
        name: rounded(torch.stack([row[name] for row in rows]).mean(0))
        for name in rows[0]
    }


def what_answers_rest_on(tokenizer, model, examples) -> dict:
    """Effects of heads, and rank correlations between measures, over right answers."""
    lost, by_weight, pairs, texts = [], [], {}, 0
    for example in examples:
        if texts == QUESTIONS:
            break
        encoded, trace = read(tokenizer, model, example) or (None, None)
        if encoded is None or len(encoded.tokens) < 20:
            continue
        inputs = encoded.model_inputs()
        with torch.inference_mode():
            output = model(**inputs)
        logits = output.start_logits[0], output.end_logits[0]
        chances = span_probabilities(*logits, encoded.is_context)
        first, last, _ = best_span(*chances, longest=15)
        if encoded.text_of(first, last) not in {text for text, _ in example.answers}:
            continue
        texts += 1
        lost.append(heads.effects(model, inputs, first, last))
        question = (encoded.token_type_ids[0] == 0) & ~encoded.is_special
        taken = heads.stack(trace)[:, :, [first, last]][..., question]
        by_weight.append(
            attribution.rank_correlation(
                taken.mean(2).sum(-1).flatten(), lost[-1].abs().flatten()
            )
        )
        found = attribution.measures(model, encoded, trace, first, last)
        found = {name: row[~encoded.is_special] for name, row in found.items()}
        for one, other in combinations(found, 2):
            agreed = attribution.rank_correlation(found[one], found[other])
            pairs.setdefault(f"{one} | {other}", []).append(agreed)
    return {
        "questions": texts,
        "effects": rounded(torch.stack(lost).mean(0)),
        "heads by weight on the question | effect": mean(by_weight),
        "rank correlations": {name: mean(values) for name, values in pairs.items()},
    }


def mean(values: list[float]) -> dict:
    """Mean, and the standard error of the mean."""
    numbers = torch.tensor(values, dtype=torch.float64)
    error = float(numbers.std() / len(numbers) ** 0.5)
    return {"mean": round(float(numbers.mean()), 3), "error": round(error, 3)}


def rounded(table: torch.Tensor) -> list:
    """Nested lists of numbers with four decimals."""
    return (table.double() * 1e4).round().div(1e4).tolist()


def main(wikipedia: Path, qamr: Path) -> None:
    """Measure and write."""
    tokenizer, model = companion.load()
    table = {
        "command": "python benchmarks/head_statistics.py "
        + " ".join(path.name for path in (wikipedia, qamr)),
        "model": loading.card_checksums(loading.EMBEDDED)["model.safetensors"],
        "where heads look": where_heads_look(tokenizer, model, held_out(wikipedia)),
        "what answers rest on": what_answers_rest_on(tokenizer, model, held_out(qamr)),
    }
    (measured.FOLDER / "head_statistics.json").write_text(
        json.dumps(table) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
