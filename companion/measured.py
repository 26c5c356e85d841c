"""What was measured: one JSON file for each measurement, in `companion/measured/`.

Each is exactly what one command of the repository writes, with that command and the
SHA-256 of the weights inside.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from companion.loading import EMBEDDED

FOLDER = Path(__file__).parent / "measured"


def results(name: str) -> dict[str, Any]:
    """The content of `companion/measured/NAME.json`.

    Raises:
        ValueError: naming the measurements there are, if there is none of that name.
    """
    path = FOLDER / f"{name}.json"
    if not path.is_file():
        names = ", ".join(sorted(p.stem for p in FOLDER.glob("*.json")))
        raise ValueError(f"name must be one of {names}, not {name!r}")
    return json.loads(path.read_text(encoding="utf-8"))


def weights_sha256(folder: Path = EMBEDDED) -> str | None:
    """The SHA-256 digest of a model's weights, of all its files in their order.

    None if the folder is not there, as for a model on the hub.
    """
    paths = sorted(folder.glob("model*.safetensors"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest() if paths else None


def held_out_scores(stage: int | None = None) -> dict[str, dict[str, float]]:
    """EM, F1 and the questions asked: the embedded model on held-out data, by domain.

    Args:
        stage: of its training, from 1; after the last one, if None. From its own
            record, `training.json`.
    Raises:
        ValueError: if there is no such stage.
    """
    record = json.loads((EMBEDDED / "training.json").read_text(encoding="utf-8"))
    last = len(record)
    if stage is not None and not 1 <= stage <= last:
        raise ValueError(f"stage must be from 1 to {last}, not {stage}")
    return {
        name.partition(".")[0]: {key: figures[key] for key in ("EM", "F1", "questions")}
        for name, figures in record[(stage or last) - 1]["results"].items()
    }
