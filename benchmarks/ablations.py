"""What each setting of the recipe brings, in ablations at a twelfth of its size.

    python -m benchmarks.ablations --data FOLDER [NAME ...]

Each ablation trains on a sixth of the three SQuADShifts domains, one epoch with half of
the recipe's batch, and changes one thing in the baseline. It is measured on pages and
paragraphs that are cut from the *training* part; the held-out part is never looked at.
The baseline runs under two seeds: a difference smaller than theirs says nothing.
Products are in bfloat16 where the processor has it.

Writes `companion/measured/ablations.json`, from which chapter 9 and the model's card
draw, after each ablation. One that is there already, with the same settings, is kept.
Needs the packages of `make train-deps`.
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from companion import measured
from companion.fine_tuning.recipe import LENGTH

OUTPUT = measured.FOLDER / "ablations.json"
DOMAINS = ["squadshifts_new_wiki", "squadshifts_reddit", "squadshifts_amazon"]
ASKED = 400  # development questions per domain
# all-MiniLM-L6-v2's weights, from which each ablation starts
ENCODER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Ablation:
    """One change to the baseline."""

    seed: int = 0
    base: str = "minilm-cased"
    epochs: int = 1
    learning_rate: float = 1.2e-4
    layer_decay: float = 1.0  # of the learning rate, from each layer to the one below
    dropout: float | None = None
    all_references: bool = False  # soft targets over all reference answers
    more: tuple[str, ...] = ()  # files of which a sixth is added
    length: int = LENGTH
    random_missing: bool = False  # pieces without a twin start at random, not at a mean
    distilled: bool = False  # first, match the uncased encoder's states on the contexts
    last_average: float = 0.0  # average the weights over this last share of the steps

    def changed(self) -> dict[str, Any]:
        """The settings that differ from the baseline's, as JSON keeps them."""
        baseline = asdict(Ablation())
        settings = {k: v for k, v in asdict(self).items() if v != baseline[k]}
        return json.loads(json.dumps(settings))


ABLATIONS = {
    "baseline": Ablation(),
    "baseline, another seed": Ablation(seed=1),
    "learning rate × 2": Ablation(learning_rate=2.4e-4),
    "learning rate × 1/2": Ablation(learning_rate=6e-5),
    "2 epochs": Ablation(epochs=2),
    "windows of 192 tokens": Ablation(length=192),
    "no dropout": Ablation(dropout=0.0),
    "all references as soft targets": Ablation(all_references=True),
    "mean over the last quarter": Ablation(last_average=0.25),
    "layer-wise decay 0.9": Ablation(layer_decay=0.9),
    "QAMR and QED added": Ablation(more=("qamr", "qed")),
    "the uncased encoder as it is": Ablation(base="minilm-uncased"),
    "distilled on the contexts first": Ablation(distilled=True),
    "pieces without a twin at random": Ablation(random_missing=True),
}


def main(names: list[str], data: Path, output: Path = OUTPUT) -> None:
    """Run the named ablations, or all, but for those that `output` has."""
    if unknown := set(names) - set(ABLATIONS):
        raise ValueError(f"NAME {unknown}: must be of {', '.join(ABLATIONS)}")
    results = stored(output)
    for name in names or ABLATIONS:
        if name not in results:
            from benchmarks import ablation  # brings the packages that train

            results[name] = {
                "changed": ABLATIONS[name].changed(),
                **ablation.run(ABLATIONS[name], data),
            }
            print(name, results[name], flush=True)
        write(results, output)


def stored(output: Path) -> dict[str, dict[str, Any]]:
    """The results in `output` whose settings are still those of this program."""
    if not output.exists():
        return {}
    results = json.loads(output.read_text("utf-8"))["ablations"]
    return {
        name: ablation
        for name, ablation in results.items()
        if name in ABLATIONS and ablation["changed"] == ABLATIONS[name].changed()
    }


def write(results: dict[str, dict[str, Any]], output: Path) -> None:
    """Store the results in the order of this program's table."""
    figures = {
        "command": "python -m benchmarks.ablations --data FOLDER",
        "weights_sha256": ENCODER_SHA256,
        "weights": "all-MiniLM-L6-v2, from which each ablation starts",
        "trained on": "a sixth of the questions, one epoch",
        "measured on": "questions cut from the training pages",
        "questions": ASKED * len(DOMAINS),
        "ablations": {name: results[name] for name in ABLATIONS if name in results},
    }
    text = json.dumps(figures, indent=1) + "\n"
    output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    main(**vars(parser.parse_args()))
