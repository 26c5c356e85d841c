"""What is guessed of hidden words on held-out texts, by whom.

    python -m benchmarks.guesses --data FOLDER --answering FOLDER

Three that guess: the book's model that was trained to; the embedded body, which was
trained to answer, with a masked-word head that was trained on it while it stayed as it
was (`--answering`, the output of `python -m companion pretrain --base
companion/embedded --freeze body`); and word frequencies, counted in the texts that may
be trained on. The texts are those that the embedded model's training held out; 15 % of
their tokens are hidden, the same ones for all three. Writes
`companion/measured/guesses.json`, from which chapter 8 and the model's card draw.
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy
import torch
from transformers import BertForMaskedLM, BertTokenizer

import companion
from benchmarks.questions import rule_of
from companion import measured
from companion.devices import multiplies_bfloat16
from companion.fine_tuning.card import RECORD
from companion.fine_tuning.held_out import split
from companion.fine_tuning.squad import read_squad
from companion.loading import read_model
from companion.pretraining.evaluation import ask_hidden, guess_figures, hidden_texts
from companion.pretraining.guesser import GUESSER, guesses
from companion.pretraining.masking import NOT_ASKED

FILES = ["squadshifts_new_wiki", "squadshifts_reddit", "squadshifts_amazon",
         "qamr", "qed"]  # fmt: skip
SENTENCES = [
    "Paris is the capital of [MASK].",
    "She went to the [MASK] to buy some bread.",
    "The opposite of hot is [MASK].",
]
SHORT = multiplies_bfloat16(torch.device("cpu"))
Guess = Callable[[list[str]], numpy.ndarray]


def main(data: Path, answering: Path) -> None:
    """Measure all three, and store the figures."""
    training, held_out = texts(data)
    tokenizer, guesser = companion.load_masked()
    _, answerer, _ = read_model(BertForMaskedLM, str(answering))
    record = json.loads((answering / RECORD).read_text("utf-8"))
    counts = frequencies(tokenizer, training)
    entropy = float(-(counts * counts.log()).sum())
    bodies = {"guesser": guesser, "trained to answer": answerer}
    for model in bodies.values():
        model.set_attn_implementation("sdpa")
    figures: dict[str, Any] = {
        "command": "python -m benchmarks.guesses --data FOLDER --answering FOLDER",
        "weights_sha256": measured.weights_sha256(GUESSER),
        "the head on the answering body": record["command"],
        "entropy of word frequencies": round(entropy, 4),
        "word frequencies": by_domain(
            held_out, lambda texts: by_frequency(tokenizer, counts, texts)
        ),
    }
    for name, model in bodies.items():
        guess = asking(tokenizer, model)
        figures[name] = by_domain(held_out, guess)
        figures[name]["sentences"] = {
            text: [[piece, round(p, 4)] for piece, p in best]
            for text in SENTENCES
            for best in guesses(tokenizer, model, text)
        }
    path = measured.FOLDER / "guesses.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def asking(tokenizer: BertTokenizer, model: BertForMaskedLM) -> Guess:
    """How a model guesses in texts."""
    return lambda texts: ask_hidden(tokenizer, model, texts, bfloat16=SHORT)


def texts(data: Path) -> tuple[list[str], dict[str, list[str]]]:
    """The contexts that may be trained on, and those held out by domain."""
    training: dict[str, None] = {}
    held_out = {}
    for name in FILES:
        path = data / f"{name}.json.gz"
        parts = split(read_squad(path), rule_of(path.name))
        mine, apart = (dict.fromkeys(e.context for e in part) for part in parts)
        training |= mine
        held_out[name] = list(apart)
    return list(training), held_out


def frequencies(tokenizer: BertTokenizer, training: list[str]) -> torch.Tensor:
    """How often each piece comes, (V,), as shares; one is added to each count."""
    counts = torch.ones(len(tokenizer), dtype=torch.float64)
    for ids in tokenizer(training, add_special_tokens=False)["input_ids"]:
        counts += torch.tensor(ids).bincount(minlength=len(counts))
    return counts / counts.sum()


def by_frequency(
    tokenizer: BertTokenizer, shares: torch.Tensor, texts: list[str]
) -> numpy.ndarray:
    """Guess the same in all places; rows as `ask_hidden` returns them."""
    best, rows = shares.topk(5).indices, numpy.zeros((len(texts), 4))
    for number, piece in hidden_texts(tokenizer, texts):
        labels = piece.labels[piece.labels != NOT_ASKED]  # (hidden tokens,)
        right = labels[:, None] == best  # (hidden tokens, 5)
        rows[number] += [
            len(labels),
            float(-shares[labels].log().sum()),
            int(right[:, 0].sum()),
            int(right.any(dim=1).sum()),
        ]
    return rows


def by_domain(held_out: dict[str, list[str]], guess: Guess) -> dict[str, Any]:
    """The figures of each domain, and of all together."""
    rows = {name: guess(texts) for name, texts in held_out.items()}
    rows["all"] = numpy.concatenate(list(rows.values()))
    return {name: guess_figures(sums) for name, sums in rows.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--answering", type=Path, required=True)
    main(**vars(parser.parse_args()))
