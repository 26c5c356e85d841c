"""Make the book's model that guesses from a pretrained one, and write its card.

    python -m tools.guesser FOLDER    rounds the weights of a `pretrain` output
    python -m tools.guesser           writes the card again

The matrices are rounded to 8 bits by row. Figures in the card come from the training's
record and from `companion/measured/guesses.json`.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

from transformers import BertForMaskedLM

from companion import measured
from companion.fine_tuning.card import RECORD
from companion.loading import read_model
from companion.pretraining.card import guesser_card
from companion.pretraining.guesser import GUESSER, write_rounded
from companion.training.loop import LOG

ROUNDED = """
## How it is stored

A row of a matrix is whole numbers from -127 to 127, and one number that they are
multiplied by; all else is float16. `companion.load_masked()` reads it, and takes the
embedded model's vocabulary. Measured as it is stored, over all held-out texts, beside
guesses by word frequencies alone:

    python -m benchmarks.guesses --data FOLDER --answering FOLDER

| | hidden tokens | loss | top-1 | top-5 |
| --- | ---: | ---: | ---: | ---: |
{rows}
"""


def main(folder: str | None = None) -> None:
    """Round and store the weights of `folder`, if there is one; write the card."""
    if folder:
        store(Path(folder))
    (GUESSER / "README.md").write_text(text(), "utf-8", newline="\n")


def text() -> str:
    """The card, from the facts that are stored."""
    figures = measured.results("guesses")
    named = {"as stored": "guesser", "word frequencies": "word frequencies"}
    rows = "\n".join(row(name, figures[key]["all"]) for name, key in named.items())
    return guesser_card(GUESSER, more=ROUNDED.format(rows=rows))


def store(folder: Path) -> None:
    """Copy configuration, record and log; round the weights."""
    GUESSER.mkdir(exist_ok=True)
    for name in ("config.json", RECORD, LOG):
        shutil.copy(folder / name, GUESSER / name)
    _, model, _ = read_model(BertForMaskedLM, str(folder))
    write_rounded(model, GUESSER / "model.safetensors")
    first = guesser_card(GUESSER)  # its checksums are needed to measure
    (GUESSER / "README.md").write_text(first, "utf-8", newline="\n")


def row(name: str, figures: dict[str, Any]) -> str:
    """A line of the table."""
    cells = [name, f"{figures['hidden']:,}", f"{figures['loss']:.2f}"]
    cells += [f"{figures[measure]:.1f}" for measure in ("top_1", "top_5")]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(*sys.argv[1:2])
