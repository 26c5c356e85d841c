"""Does guessing hidden words first help answering? The same training from two bodies.

    python -m benchmarks.guessing_first --data FOLDER --guesser FOLDER

Fine-tunes from `minilm-cased`, and from what `python -m companion pretrain` made of it
(`--guesser`, its output): one epoch on a sixth of SQuADShifts and a fourteenth of QAMR,
the same questions in the same order. Measured on what the embedded model's training
held out. Writes `companion/measured/guessing_first.json`. Needs the packages of `make
train-deps`; takes about twenty minutes on two cores.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.questions import rule_of
from companion import measured
from companion.fine_tuning.card import RECORD
from companion.fine_tuning.recipe import Recipe
from companion.fine_tuning.run import train
from companion.pretraining.guesser import GUESSER

SHARES = {
    "squadshifts_new_wiki": 0.17,
    "squadshifts_reddit": 0.17,
    "squadshifts_amazon": 0.17,
    "qamr": 0.07,
}
RECIPE = Recipe(epochs=1)


def main(data: Path, guesser: Path) -> None:
    """Train from both, and store how well they answer."""
    bases = {"minilm-cased": "minilm-cased", "guessed first": str(guesser)}
    figures: dict[str, Any] = {
        "command": "python -m benchmarks.guessing_first --data FOLDER --guesser FOLDER",
        "weights_sha256": measured.weights_sha256(GUESSER),
        "weights": "the guesser's, rounded; training began from them unrounded",
        "shares": SHARES,
    }
    for name, base in bases.items():
        figures[name] = answers(base, data)
        print(name, {k: v["EM"] for k, v in figures[name].items()}, flush=True)
    path = measured.FOLDER / "guessing_first.json"
    path.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def answers(base: str, data: Path) -> dict[str, Any]:
    """EM, F1 and their bounds by domain, after the training from `base`."""
    specs = [f"{data / name}.json.gz:{share}" for name, share in SHARES.items()]
    rules = [rule_of(f"{name}.json.gz") for name in SHARES]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "trained"
        train(specs, rules, base, RECIPE, output, save_every=10**6)
        [*_, stage] = json.loads((output / RECORD).read_text("utf-8"))
    return {
        name.partition(".")[0]: {
            key: result[key] for key in ("questions", "EM", "EM_interval", "F1")
        }
        for name, result in stage["results"].items()
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--guesser", type=Path, required=True)
    main(**vars(parser.parse_args()))
