"""From a file of questions to a file of answers, in constant memory."""

import contextlib
import gzip
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from tqdm import tqdm

from companion.bulk.lines import Answered, BadLine, Block, answer_block, line_blocks
from companion.bulk.processes import Processes
from companion.bulk.unfinished import Progress, Unfinished
from companion.qa_pipeline import QuestionAnswerer
from companion.training.outputs import check_file

STANDARD = "-"  # standard input, standard output


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

    def check(self, processes: Processes) -> None:
        """Refuse files that cannot be read or written, before a model is loaded.

        Raises:
            ValueError, OSError: naming the option or the file.
        """
        if self.source != STANDARD:
            open(self.source, "rb").close()
        elif processes.count > 1:
            raise ValueError("--jsonl -: processes cannot share standard input")
        elif sys.stdin is None or sys.stdin.isatty():
            raise ValueError("--jsonl -: nothing is piped to standard input")
        if self.output == STANDARD:
            return
        path = Path(self.output)
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


def answer_file(
    answerer: QuestionAnswerer,
    job: Job,
    facts: Mapping[str, object],
    processes: Processes,
) -> None:
    """Write the answers to a file's questions, or go on with that; a line for each.

    Args:
        facts: what else the answers depend on, to be the same when the work goes on.
    Raises:
        ValueError: naming the file and the line that cannot be asked, or what is in
            the way. The same call then goes on from there.
    """
    target: Unfinished | StandardOutput = StandardOutput()
    if processes.rank == 0 and job.output != STANDARD:  # nobody hears the others
        target = Unfinished(Path(job.output), {**facts, **job.options})
    done: Progress = processes.gather(target.done)[0]
    shown = processes.rank == 0 and not (job.output == STANDARD and _is_seen())
    with _reading(job.source) as (raw, lines), _bar(raw, shown) as bar:
        remaining = _after(done, line_blocks(lines), job.source)
        for answered in _answer_all(answerer, remaining, job, processes):
            done = done.after(answered)
            target.write(answered.text, done)
            bar.set_postfix(lines=f"{done.lines:,}", refresh=False)
            bar.update(_place(raw) - bar.n)
    target.finish()
    if processes.rank == 0:
        _tell_bad(done, job)


def _answer_all(
    answerer: QuestionAnswerer,
    remaining: Iterator[Block],
    job: Job,
    processes: Processes,
) -> Iterator[Answered]:
    """Answer all blocks; each process reads the whole file, and asks its own share."""
    skip = job.skip_bad_lines
    ask = partial(answer_block, answerer, options=job.options, skip_bad_lines=skip)
    try:
        for block, answered in processes.share(remaining, ask):
            if answered.sha256 != block.sha256:
                raise ValueError(f"{job.source} is not the same for all processes")
            yield answered
    except BadLine as error:
        raise ValueError(
            f"{job.source}, {error}; --skip-bad-lines goes on without it"
        ) from error


def _after(done: Progress, every: Iterator[Block], source: str) -> Iterator[Block]:
    """Pass over what is done; ValueError if it is no longer what it was."""
    sha256 = ""
    for block in islice(every, done.blocks):
        sha256 = block.sha256
    if sha256 != done.sha256:
        raise ValueError(
            f"{source}: the {done.lines:,} lines that are answered already are not "
            "its first; give the input that the output was begun with"
        )
    return every


@contextlib.contextmanager
def _reading(source: str) -> Iterator[tuple[BinaryIO, Iterable[bytes]]]:
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


def _bar(raw: BinaryIO, shown: bool) -> tqdm:
    """A bar of bytes, on a terminal only."""
    size = None
    if raw.seekable():
        begin = raw.tell()
        size = raw.seek(0, os.SEEK_END)
        raw.seek(begin)
    hidden = None if shown else True
    return tqdm(total=size, unit="B", unit_scale=True, disable=hidden)


def _place(raw: BinaryIO) -> int:
    """How many bytes were read; a pipe does not say."""
    return raw.tell() if raw.seekable() else 0


def _is_seen() -> bool:
    return sys.stdout.isatty()


def _tell_bad(done: Progress, job: Job) -> None:
    """Say how many lines have an error; ValueError if all of them have."""
    if not done.bad:
        return
    text = (
        f"{done.bad:,} of {done.lines:,} lines of {job.source} could not be asked; "
        f'the "error" of each in the output says why'
    )
    if done.bad == done.lines:
        raise ValueError(text)
    print(f"companion: {text}", file=sys.stderr)
