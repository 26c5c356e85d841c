"""What helped in the ablations, all of it in one run of full length.

    python -m benchmarks.full_length FOLDER

FOLDER is what the command wrote that `companion/measured/full_length.json` has under
"trained by". Writes that file, from which the model's card and chapter 9 draw: what
came of it on the embedded model's held-out questions, and on the notes' own.
"""

import json
import sys
from pathlib import Path
from typing import Any

import companion
from companion import measured, running
from companion.fine_tuning import card

OUTPUT = measured.FOLDER / "full_length.json"
SETTINGS = ("epochs", "learning_rate", "length", "arithmetic", "dropout")
KEPT = ("questions", "EM", "F1", "EM_interval")


def main(folder: Path) -> None:
    """Read the run's record, ask its model the notes' question, and store both."""
    [stage] = card.stages_of(folder)
    text = json.dumps({**run(stage), **asked(folder)}, indent=1) + "\n"
    OUTPUT.write_text(text, encoding="utf-8", newline="\n")


def run(stage: card.Stage) -> dict[str, Any]:
    """What was set, and what came of it, as the record has it."""
    return {
        "command": "python -m benchmarks.full_length FOLDER",
        "trained by": stage["command"],
        "settings": {name: {**stage["recipe"], **stage}[name] for name in SETTINGS},
        "domains": {
            name.partition(".")[0]: {measure: figures[measure] for measure in KEPT}
            for name, figures in stage["results"].items()
        },
    }


def asked(folder: Path) -> dict[str, Any]:
    """The checksum of the weights, and how they answer the notes' question."""
    answerer = companion.question_answerer(str(folder))
    return {
        "weights_sha256": measured.weights_sha256(folder),
        "weights": "FOLDER's, which are not kept here",
        "the notes' question": answerer(running.QUESTION, running.CONTEXT),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
