"""Lines of JSON: cut into blocks, asked, and written again with their answers.

Where a block ends depends on the lines alone, and its answers on the block alone. So it
does not matter where the work begins anew after a kill, or which process does it.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.answers import Answer
from companion.qa_pipeline.arguments import whole_text

LINES_AT_ONCE, BYTES_AT_ONCE = 512, 2**20  # a block ends when it reaches either
FOUND = "predictions"  # SQuAD's own lines have "answers" already
WINDOWS = ("doc_stride", "max_seq_len", "max_question_len")  # how a context is cut


class BadLine(ValueError):
    """A line that cannot be asked; the message has its number."""


@dataclass(frozen=True)
class Block:
    """Neighbouring lines of a file.

    Attributes:
        first: the number of the first, from 1.
        texts: the lines as they stand in the file, blank ones too.
        sha256: the digest of the whole file up to the last of them.
    """

    first: int
    texts: list[bytes]
    sha256: str


@dataclass(frozen=True)
class Answered:
    """What is written for a block: `lines` lines, of which `bad` have an error."""

    text: bytes
    lines: int
    bad: int
    sha256: str


@dataclass
class Line:
    """A line's fields, and what was found; or why it cannot be asked."""

    number: int
    fields: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    found: list[Answer] = field(default_factory=list)

    def as_json(self) -> bytes:
        """All fields but the context, which may be long, and the answers or the error.

        Half a character, which UTF-8 cannot hold, becomes JSON's escape for it.
        """
        kept = {k: v for k, v in self.fields.items() if k not in ("context", FOUND)}
        kept |= {"error": self.error} if self.error else {FOUND: self.found}
        text = json.dumps(kept, ensure_ascii=False)
        return f"{text}\n".encode("utf-8", "backslashreplace")


def line_blocks(file: Iterable[bytes]) -> Iterator[Block]:
    """Cut a file into blocks of 512 lines, or of a megabyte if that is less."""
    digest = hashlib.sha256()
    texts: list[bytes] = []
    first, size = 1, 0
    for text in file:
        digest.update(text)
        texts.append(text)
        size += len(text)
        if len(texts) == LINES_AT_ONCE or size >= BYTES_AT_ONCE:
            yield Block(first, texts, digest.hexdigest())
            first, size, texts = first + len(texts), 0, []
    if texts:
        yield Block(first, texts, digest.hexdigest())


def read_line(number: int, text: bytes) -> Line:
    """Read a line; what is wrong with it is its `error`."""
    line = Line(number)
    try:
        fields = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError) as error:
        reason = str(error).replace(" line 1", "")
        line.error = f"line {number}: is no JSON in UTF-8: {reason}"
        return line
    try:
        line.fields = _checked(fields)
    except (TypeError, ValueError) as error:
        line.fields = fields if isinstance(fields, dict) else {}
        line.error = f"line {number}: {error}"
    return line


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"JSON has no number {text}")
    return value


def _checked(fields: Any) -> dict[str, Any]:
    """Refuse what is no object, or lacks a text; TypeError, ValueError."""
    if not isinstance(fields, dict):
        raise TypeError(f"must be an object, {{...}}, not a {type(fields).__name__}")
    for name in ("question", "context"):
        if name not in fields:
            raise ValueError(f"has no {name!r}")
        whole_text(name, fields[name])
    for name in (FOUND, "error"):
        if name in fields:
            raise ValueError(f"has a field {name!r}, which is written here")
    return fields


def check_lengths(answerer: QuestionAnswerer, options: Mapping[str, Any]) -> None:
    """Refuse lengths that fit no line; TypeError, ValueError."""
    answerer.tasks([], [], **_windows(options))


def _windows(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in WINDOWS if name in options}


def answer_block(
    answerer: QuestionAnswerer,
    block: Block,
    options: Mapping[str, Any],
    skip_bad_lines: bool = False,
) -> Answered:
    """Ask all lines of a block; blank ones are passed over.

    Args:
        options: of the answerer's call.
        skip_bad_lines: give a line that cannot be asked its error, and go on.
    Raises:
        BadLine: for the first that cannot be asked, unless they are skipped.
        ValueError: if the model fails.
    """
    numbered = enumerate(block.texts, start=block.first)
    lines = [read_line(number, text) for number, text in numbered if text.strip()]
    _refuse_bad(lines, skip_bad_lines)
    try:
        _ask(answerer, lines, options)
    except ValueError:
        if not _find_unreadable(answerer, lines, options):
            raise
        _refuse_bad(lines, skip_bad_lines)
        _ask(answerer, lines, options)
    text = b"".join(line.as_json() for line in lines)
    bad = sum(bool(line.error) for line in lines)
    return Answered(text, len(lines), bad, block.sha256)


def _refuse_bad(lines: list[Line], skip: bool) -> None:
    for line in lines:
        if line.error and not skip:
            raise BadLine(line.error)


def _ask(
    answerer: QuestionAnswerer, lines: list[Line], options: Mapping[str, Any]
) -> None:
    """Ask all lines that have no error, together."""
    asked = [line for line in lines if not line.error]
    questions, contexts = (
        [line.fields[name] for line in asked] for name in ("question", "context")
    )
    answers: Any = answerer(questions, contexts, **options)
    for line, found in zip(asked, answers, strict=True):
        line.found = found if isinstance(found, list) else [found]


def _find_unreadable(
    answerer: QuestionAnswerer, lines: list[Line], options: Mapping[str, Any]
) -> bool:
    """Try each line alone: tell whether one has no token, or no room for a context."""
    before = sum(bool(line.error) for line in lines)
    for line in lines:
        pair = {name: line.fields.get(name) for name in ("question", "context")}
        try:
            list(answerer.tasks(pair, **_windows(options)) if not line.error else ())
        except ValueError as error:
            line.error = f"line {line.number}: {error}"
    return sum(bool(line.error) for line in lines) > before
