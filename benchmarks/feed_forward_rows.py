"""What the rows of each layer's first feed-forward matrix respond to.

    python -m benchmarks.feed_forward_rows

Runs the encoder over the texts in `oracle/answers.json.gz`, prose of this book and
made-up chronicles, and takes for each row of W1 the six different tokens that it makes
the largest numbers of. How much alike six tokens are is the mean cosine similarity of
their rows in the word table, the table's mean taken off. What that is worth is seen
beside rows of random numbers. Writes `companion/measured/feed_forward_rows.json`.
"""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from transformers import BertForQuestionAnswering, BertTokenizer

import companion
from benchmarks.questions import about
from companion import encoder, measured
from companion.attention import linear
from companion.checksums import file_sha256

TEXTS = Path(__file__).parents[1] / "oracle" / "answers.json.gz"
OUTPUT = measured.FOLDER / "feed_forward_rows.json"
CHRONICLES, LONGEST, SHOWN = 150, 384, 6  # texts, tokens of one, tokens of a row
BY_NUMBER, MOST_ALIKE = 3, 12  # rows that are stored of each layer


def main() -> None:
    """Read, compare with random rows, write."""
    tokenizer, model = companion.load()
    ids, vectors = read(tokenizer, model)
    seen, token_of = ids.unique(return_inverse=True)
    names = tokenizer.convert_ids_to_tokens(seen.tolist())
    cosines = likeness(model.bert.embeddings.word_embeddings.weight.detach(), seen)
    layers = []
    for layer, rows in zip(model.bert.encoder.layer, vectors, strict=True):
        wide = linear(layer.intermediate.dense, rows).detach()  # (N, I)
        best = strongest(wide, token_of, len(seen))
        chance = strongest(rows @ random_rows(wide.shape[1], rows), token_of, len(seen))
        layers.append(summary(best, chance, cosines, names))
    figures = {
        **about("feed_forward_rows"),
        "texts_sha256": file_sha256(TEXTS),
        "tokens": len(ids),
        "different tokens": len(seen),
        "layers": layers,
    }
    OUTPUT.write_text(json.dumps(figures) + "\n", "utf-8")


def read(
    tokenizer: BertTokenizer, model: BertForQuestionAnswering
) -> tuple[Tensor, list[Tensor]]:
    """All tokens' ids, (N,), and what feed-forward reads in each layer, (N, H)."""
    ids: list[int] = []
    vectors: list[list[Tensor]] = [[] for _ in model.bert.encoder.layer]
    for text in texts():
        tokens = tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"]
        with torch.inference_mode():
            trace = encoder.trace(model.bert, torch.tensor([tokens]))
        ids += tokens[1:-1]
        for rows, layer in zip(vectors, trace.layers, strict=True):
            rows.append(layer.attended[0, 1:-1].clone())
    return torch.tensor(ids), [torch.cat(rows) for rows in vectors]


def texts() -> list[str]:
    """The paragraphs of the book's prose, and some of the chronicles'."""
    with gzip.open(TEXTS) as file:
        answers = json.load(file)
    prose, made_up = (
        dict.fromkeys(
            paragraph.strip()
            for asked in answers[kind]
            for paragraph in asked["call"]["context"].split("\n\n")
            if paragraph.strip()
        )
        for kind in ("in_prose", "several_windows")
    )
    others = [paragraph for paragraph in made_up if paragraph not in prose]
    return [*prose, *random.Random(0).sample(others, CHRONICLES)]


def random_rows(count: int, like: Tensor) -> Tensor:
    """Directions by chance, (H, count)."""
    generator = torch.Generator().manual_seed(0)
    return torch.randn(like.shape[1], count, generator=generator)


def strongest(numbers: Tensor, token_of: Tensor, different: int) -> Tensor:
    """For each row the tokens with its largest numbers: (N, I) -> (SHOWN, I)."""
    place = token_of[:, None].expand_as(numbers)
    largest = numbers.new_full((different, numbers.shape[1]), -torch.inf)
    return largest.scatter_reduce(0, place, numbers, "amax").topk(SHOWN, dim=0).indices


def likeness(table: Tensor, seen: Tensor) -> Tensor:
    """Cosine similarities of the words that were seen: (V, H) -> (seen, seen)."""
    rows = F.normalize(table[seen] - table.mean(dim=0), dim=-1)
    return rows @ rows.T


def alike(best: Tensor, cosines: Tensor) -> Tensor:
    """How much alike each row's tokens are: (SHOWN, I) -> (I,)."""
    pairs = cosines[best.T[:, :, None], best.T[:, None, :]]  # (I, SHOWN, SHOWN)
    return (pairs.sum(dim=(1, 2)) - SHOWN) / (SHOWN * (SHOWN - 1))


def summary(
    best: Tensor, chance: Tensor, cosines: Tensor, names: list[str]
) -> dict[str, Any]:
    """What is stored of a layer: some rows with their tokens, and two shares."""
    ours, theirs = alike(best, cosines), alike(chance, cosines)
    bar = theirs.quantile(0.95)  # that one random row in twenty passes
    order = [*range(BY_NUMBER), *ours.argsort(descending=True)[:MOST_ALIKE].tolist()]
    return {
        "alike": round(float(ours.mean()), 3),
        "alike, random rows": round(float(theirs.mean()), 3),
        "above the bar": round(float((ours > bar).double().mean()), 3),
        "rows": {row: [names[i] for i in best[:, row].tolist()] for row in order},
    }


if __name__ == "__main__":
    main()
