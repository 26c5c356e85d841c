"""Held-out questions, and what every stored measurement says of itself."""

from pathlib import Path
from typing import Any

from companion import measured
from companion.fine_tuning import card
from companion.fine_tuning.held_out import recorded
from companion.fine_tuning.squad import Example, read_squad
from companion.loading import EMBEDDED


def held_out(path: Path) -> list[Example]:
    """Those questions of a SQuAD-format file that the embedded model never saw."""
    return recorded(card.stages_of(EMBEDDED), read_squad(path), path.name)


def about(program: str, *arguments: object) -> dict[str, Any]:
    """What comes first in a stored measurement: its command, the weights' checksum."""
    words = [str(a.name if isinstance(a, Path) else a) for a in arguments]
    return {
        "command": " ".join(["python -m", f"benchmarks.{program}", *words]),
        "weights_sha256": measured.weights_sha256(),
    }


def rule_of(name: str) -> str:
    """What the embedded model's training held out of a file; see `held_out.split`."""
    data = [d for stage in card.stages_of(EMBEDDED) for d in stage["data"]]
    return next(d["hold_out"] for d in data if d["name"] == name)
