"""How long the loss rests at the entropy of word frequencies, in chapter 8's miniature.

    python -m benchmarks.miniature

Each setting changes one thing: the batch, the learning rate, its warm-up, the share of
hidden words, the spread of the first weights. Three seeds each. The rest ends where the
mean loss of 20 steps is a tenth below the entropy. Writes
`companion/measured/miniature.json`; there are no stored weights behind it. Takes about
ten minutes on one core.
"""

import json
import statistics
from typing import Any

import torch

from companion import measured
from companion.pretraining.miniature import (
    LENGTH,
    end_of_rest,
    hidden_pieces,
    miniature_text,
    numbered,
    tiny_guesser,
    train_miniature,
    word_entropy,
)

STEPS, SEEDS = 600, 3
# What each changes in a batch of 32, a rate of 6e-3, 15 % hidden, a spread of 0.1.
SETTINGS: dict[str, dict[str, Any]] = {
    "as on the page": {},
    "batches of 8": {"size": 8},
    "batches of 128": {"size": 128},
    "a third of the rate": {"rate": 2e-3},
    "three times the rate": {"rate": 1.8e-2},
    "no warm-up": {"warm": False},
    "5 % hidden": {"share": 0.05},
    "40 % hidden": {"share": 0.4},
    "weights of spread 0.02": {"spread": 0.02},
}


def main() -> None:
    """Train each miniature, and store when its rest ended and where it came."""
    torch.set_num_threads(1)
    vocabulary, ids = numbered(miniature_text())
    entropy = word_entropy(ids)
    results = {}
    for name, changed in SETTINGS.items():
        runs = [run(ids, len(vocabulary), seed, **changed) for seed in range(SEEDS)]
        ends = [end_of_rest(losses, entropy) for losses in runs]
        results[name] = {
            "changed": changed,
            "rest ends at step": ends,
            "final loss": [round(statistics.fmean(x[-50:]), 3) for x in runs],
        }
        print(name, results[name], flush=True)
    figures = {
        "command": "python -m benchmarks.miniature",
        "weights_sha256": None,
        "steps": STEPS,
        "words": len(vocabulary),
        "entropy": round(entropy, 4),
        "tokens in a piece": LENGTH,
        "settings": results,
    }
    text = json.dumps(figures, indent=1) + "\n"
    (measured.FOLDER / "miniature.json").write_text(text, encoding="utf-8")


def run(
    ids: torch.Tensor,
    words: int,
    seed: int,
    size: int = 32,
    share: float = 0.15,
    spread: float = 0.1,
    **how: Any,
) -> list[float]:
    """The losses of one training."""
    batches = hidden_pieces(ids, size, words, share, seed)
    return train_miniature(tiny_guesser(words, seed, spread), batches, STEPS, **how)


if __name__ == "__main__":
    main()
