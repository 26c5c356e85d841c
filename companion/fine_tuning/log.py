"""The loss of each step: a line in a file, and a bar with the time left. Chapter 9."""

import json
import math
import sys
from pathlib import Path

from tqdm import tqdm


class TrainingLog:
    """The file of losses and the bar; nothing, in any process but the first.

    Args:
        path: the file, in JSON lines.
        length: bytes of it to keep; the steps after the last save come again.
        done, steps: how many are behind, and how many there are.
        writes: whether this process is the one.
    """

    def __init__(self, path: Path, length: int, done: int, steps: int, writes: bool):
        self._file = None
        if writes:
            self._file = open(path, "ab")  # noqa: SIM115, closed at the end
            self._file.truncate(length)
        self._bar = tqdm(
            total=steps,
            initial=done,
            unit=" steps",
            disable=not writes,
            mininterval=0.5 if sys.stderr.isatty() else 30,
        )

    def write(self, step: int, loss: float) -> None:
        """Add a line; ValueError if the loss is no number any more."""
        if not math.isfinite(loss):
            raise ValueError(f"step {step}: the loss is {loss}; a lower rate may help")
        if self._file:
            line = json.dumps({"step": step, "loss": round(loss, 4)})
            self._file.write(f"{line}\n".encode())
        self._bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self._bar.update()

    def flush(self) -> int:
        """The log's length in bytes, all of it on the disk."""
        if not self._file:
            return 0
        self._file.flush()
        return self._file.tell()

    def __enter__(self) -> "TrainingLog":
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.close()
        if self._file:
            self._file.close()


def read_losses(path: Path) -> list[float]:
    """The losses in a log, in the order of its steps."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["loss"] for line in lines]
