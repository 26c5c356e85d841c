"""What next-sentence prediction learns: to tell topics apart, more than what follows.

    python -m benchmarks.next_sentence --data FOLDER --guesser FOLDER

Trains what `python -m companion pretrain` made (`--guesser`) further, with both tasks,
on a part of the texts cut in two: half of them with the second half of another text.
Then asks it of held-out texts of Wikipedia whether the halves belong together, where
the second half is its own, another page's (easy), or another paragraph's of the same
page (hard). Writes `companion/measured/next_sentence.json`. Takes about ten minutes on
two cores.
"""

import argparse
import json
import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from transformers import BertForPreTraining, BertTokenizer

from benchmarks.guesses import texts
from benchmarks.questions import rule_of
from companion import measured
from companion.devices import multiplies_bfloat16
from companion.fine_tuning.held_out import split
from companion.fine_tuning.squad import read_squad
from companion.pretraining.guesser import GUESSER
from companion.pretraining.heads import FOLLOWS
from companion.pretraining.loop import pretrain
from companion.pretraining.recipe import PretrainingRecipe
from companion.pretraining.run import body_to_pretrain
from companion.pretraining.texts import Piece, pairs_of, pieces_of

TRAINED = 6_400  # pairs
RECIPE = PretrainingRecipe(epochs=1, learning_rate=2e-4, next_sentence=True)
SHORT = multiplies_bfloat16(torch.device("cpu"))


def main(data: Path, guesser: Path) -> None:
    """Train, ask, and store how often it is right."""
    tokenizer, model = body_to_pretrain(str(guesser), next_sentence=True)
    model.set_attn_implementation("sdpa")
    training, _ = texts(data)
    pieces = random.Random(0).sample(pieces_of(training, tokenizer, 128), TRAINED)
    with tempfile.TemporaryDirectory() as folder:
        accelerator = Accelerator(mixed_precision="bf16" if SHORT else "no", cpu=True)
        pairs = pairs_of(pieces, seed=0)
        pretrain(model, tokenizer, pairs, Path(folder), RECIPE, accelerator)
    kinds = held_out_pairs(data, tokenizer)
    figures: dict[str, Any] = {
        "command": "python -m benchmarks.next_sentence --data FOLDER --guesser FOLDER",
        "weights_sha256": measured.weights_sha256(GUESSER),
        "weights": "the guesser's, rounded; training began from them unrounded",
        "pairs trained on": TRAINED,
        "pairs of each kind": len(kinds["its own"]),
        "said to belong together, percent": {
            kind: round(100 * said_to_follow(model, tokenizer, pairs), 1)
            for kind, pairs in kinds.items()
        },
    }
    text = json.dumps(figures, indent=1) + "\n"
    (measured.FOLDER / "next_sentence.json").write_text(text, encoding="utf-8")


def held_out_pairs(data: Path, tokenizer: BertTokenizer) -> dict[str, list[Piece]]:
    """Held-out texts cut in two, with three kinds of second halves."""
    name = "squadshifts_new_wiki.json.gz"
    _, apart = split(read_squad(data / name), rule_of(name))
    pages: dict[str, list[Piece]] = defaultdict(list)
    for context, page in dict.fromkeys((e.context, e.page) for e in apart):
        pages[page] += pieces_of([context], tokenizer, 128)
    rng, kinds = random.Random(0), defaultdict(list)
    for page, pieces in pages.items():
        others = [p for other, mine in pages.items() if other != page for p in mine]
        for piece in pieces:
            half = len(piece.first) // 2
            same = rng.choice([p for p in pieces if p is not piece])
            for kind, source in (
                ("its own", piece),
                ("another page's", rng.choice(others)),
                ("same page's", same),
            ):
                second = source.first[len(source.first) // 2 :]
                kinds[kind].append(Piece(piece.first[:half], second))
    return dict(kinds)


@torch.inference_mode()
def said_to_follow(
    model: BertForPreTraining, tokenizer: BertTokenizer, pairs: list[Piece]
) -> float:
    """For which share of the pairs FOLLOWS has the larger logit."""
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    said = 0
    for pair in pairs:
        rows = [cls, *pair.first, sep], [*pair.second, sep]
        ids = torch.tensor([rows[0] + rows[1]])
        types = torch.tensor([[0] * len(rows[0]) + [1] * len(rows[1])])
        with torch.autocast("cpu", torch.bfloat16, enabled=SHORT):
            pooled = model.bert(ids, token_type_ids=types).pooler_output
            logits = model.cls.seq_relationship(pooled)
        said += int(logits[0].argmax() == FOLLOWS)
    return said / len(pairs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--guesser", type=Path, required=True)
    main(**vars(parser.parse_args()))
