"""From a file of questions to a file of answers, in constant memory."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tqdm import tqdm

from companion.bulk.jobs import STANDARD, Job, StandardOutput, reading
from companion.bulk.lines import (
    Answered,
    BadLine,
    Block,
    answer_block,
    check_lengths,
    line_blocks,
)
from companion.bulk.processes import Processes
from companion.bulk.unfinished import Progress, Unfinished
from companion.qa_pipeline import QuestionAnswerer


def answer_file(
    answerer: QuestionAnswerer,
    job: Job,
    facts: Mapping[str, object],
    processes: Processes,
) -> None:
    """Answer a file's questions, a line for each, or go on with a run that was stopped.

    Args:
        facts: what else the answers depend on, to be the same when the work goes on.
    Raises:
        ValueError: naming the file and the line that cannot be asked, or what is in
            the way. The same call then goes on from there.
    """
    check_lengths(answerer, job.options)
    target = _target(job, facts, processes)
    done: Progress = processes.gather(target.done)[0]
    with (
        contextlib.closing(target),
        reading(job.source) as (raw, lines),
        _bar(raw, job, processes) as bar,
    ):
        remaining = _after(done, line_blocks(lines), job.name)
        for answered in _answer_all(answerer, remaining, job, processes):
            done = done.after(answered)
            target.write(answered.text, done)
            bar.set_postfix(lines=f"{done.lines:,}", refresh=False)
            bar.update(_place(raw) - bar.n)
        target.finish()
    if processes.rank == 0:
        _tell_bad(done, job)


def _target(
    job: Job, facts: Mapping[str, object], processes: Processes
) -> Unfinished | StandardOutput:
    """Where the lines go; of all processes but the first nothing is seen."""
    if job.output == STANDARD or processes.rank:
        return StandardOutput()
    return Unfinished(Path(job.output), {**facts, **job.options})


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
                raise ValueError(f"{job.name} is not the same for all processes")
            yield answered
    except BadLine as error:
        raise ValueError(
            f"{job.name}, {error}; --skip-bad-lines goes on without it"
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


def _bar(raw: BinaryIO, job: Job, processes: Processes) -> tqdm:
    """A bar of bytes, on a terminal that does not show the lines themselves."""
    size = None
    if raw.seekable():
        begin = raw.tell()
        size = raw.seek(0, os.SEEK_END)
        raw.seek(begin)
    mixed = job.output == STANDARD and sys.stdout.isatty()
    hidden = True if mixed or processes.rank else None
    return tqdm(total=size, unit="B", unit_scale=True, disable=hidden)


def _place(raw: BinaryIO) -> int:
    """How many bytes were read; a pipe does not say."""
    return raw.tell() if raw.seekable() else 0


def _tell_bad(done: Progress, job: Job) -> None:
    """Say how many lines have an error; ValueError if all of them have."""
    if not done.bad:
        return
    text = (
        f"{done.bad:,} of {done.lines:,} lines of {job.name} could not be asked; "
        f'the "error" of each in the output says why'
    )
    if done.bad == done.lines:
        raise ValueError(text)
    print(f"companion: {text}", file=sys.stderr)
