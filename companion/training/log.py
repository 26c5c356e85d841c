"""The loss of each step: a line in a file, and a bar with the time left."""

import json
import math
import os
import sys
from pathlib import Path

from tqdm import tqdm


class TrainingLog:
    """The file of losses and the bar; in all processes but the first, neither.

    Args:
        path: the file, in JSON lines.
        length: bytes of it to keep; the steps after the last save come again.
        done, steps: how many steps were taken, and how many there are.
        writes: whether this process is the one that writes.
    Raises:
        ValueError: if the file is shorter than `length`.
    """

    def __init__(self, path: Path, length: int, done: int, steps: int, writes: bool):
        self._file = None
        if writes:
            self._file = open(path, "ab")  # noqa: SIM115, closed at the end
            if self._file.tell() < length:
                self._file.close()
                raise ValueError(
                    f"{path} has lost lines: {length:,} bytes were written; remove "
                    f"{path.parent} to begin anew"
                )
            self._file.truncate(length)
        self._bar = tqdm(
            total=steps,
            initial=done,
            unit=" steps",
            disable=not writes,
            mininterval=0.5 if sys.stderr.isatty() else 30,
        )

    def write(self, step: int, loss: float) -> None:
        """Add a line.

        Raises:
            ValueError: if the loss is no longer a number.
        """
        if not math.isfinite(loss):
            raise ValueError(
                f"step {step}: the loss is {loss}; a lower --learning-rate may help"
            )
        if self._file:
            line = json.dumps({"step": step, "loss": round(loss, 4)})
            self._file.write(f"{line}\n".encode())
        self._bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
        self._bar.update()

    def flush(self) -> int:
        """Write all lines to the disk; return the log's length in bytes."""
        if not self._file:
            return 0
        self._file.flush()
        os.fsync(self._file.fileno())
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
