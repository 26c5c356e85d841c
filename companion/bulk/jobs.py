"""What is to be done: from which file to which, and how.

Standard input and output are files too, named by a hyphen.
"""

import contextlib
import gzip
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from companion.bulk.processes import Processes
from companion.bulk.unfinished import Progress
from companion.training.outputs import check_file

STANDARD = "-"


@dataclass(frozen=True)
class Job:
    """What is to be done.

    Attributes:
        source, output: paths; "-" for standard input and output.
        options: of the answerer's call.
        skip_bad_lines: see `lines.answer_block`.
    """

    source: str
    output: str
    options: Mapping[str, Any]
    skip_bad_lines: bool = False

    @property
    def name(self) -> str:
        """The source, as messages name it."""
        return "standard input" if self.source == STANDARD else self.source

    def check(self, processes: Processes) -> None:
        """Refuse files that cannot be read or written, before a model is loaded.

        Raises:
            ValueError, OSError: naming the option or the file.
        """
        if self.source != STANDARD:
            os.stat(self.source)
            if Path(self.source).is_dir():
                raise ValueError(f"--jsonl {self.source}: is a folder, wanted a file")
        elif processes.count > 1:
            raise ValueError("--jsonl -: processes cannot share standard input")
        elif sys.stdin is None or sys.stdin.isatty():
            raise ValueError("--jsonl -: nothing is piped to standard input")
        if self.output != STANDARD and processes.rank == 0:
            self._check_output(Path(self.output))

    def _check_output(self, path: Path) -> None:
        if path.resolve() == Path(self.source).resolve():
            raise ValueError(f"--output {path}: is the file to read")
        if path.suffix == ".gz":
            raise ValueError(f"--output {path}: is not compressed; wanted .jsonl")
        check_file("--output", path)
        if os.path.lexists(path):
            raise ValueError(f"--output {path}: exists already")


class StandardOutput:
    """Standard output as a place for lines, like `Unfinished`; a kill ends it."""

    done = Progress()

    def write(self, text: bytes, done: Progress) -> None:
        """Hand on the lines of a block."""
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()

    def finish(self) -> None:
        """Do nothing more."""

    def close(self) -> None:
        """Leave it open."""


@contextlib.contextmanager
def reading(source: str) -> Iterator[tuple[BinaryIO, Iterable[bytes]]]:
    """Open a file: itself, and its lines, unpacked if it is a .gz."""
    if source == STANDARD:
        yield sys.stdin.buffer, sys.stdin.buffer
        return
    with open(source, "rb") as raw:
        try:
            packed = source.endswith(".gz")
            yield raw, gzip.GzipFile(fileobj=raw) if packed else raw
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{source}: {error}") from error
