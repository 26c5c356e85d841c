"""Read questions in SQuAD's format, from files or from the hub, and check them.

What cannot be trained on is found here, before hours of work: a file that is no JSON
or lacks a field is refused; answers that do not stand where the file says are counted,
and refused where they are the greater part. Chapter 9.
"""

import gzip
import json
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOO_MANY = 0.5  # share of the questions with an answer that is elsewhere


@dataclass(frozen=True)
class Example:
    """A question about a context; `answers` are (text, first character), or none."""

    question: str
    context: str
    answers: tuple[tuple[str, int], ...]
    page: str
    id: str = ""


def read_squad(path: Path) -> list[Example]:
    """The questions of a SQuAD-format file, v1.1 or v2, in its order.

    Args:
        path: `.json` or `.json.gz`.
    Raises:
        ValueError: naming file and question, if it is not in that format.
    Warns:
        UserWarning: with the number of questions that were left out, if answers of
            theirs do not stand where the file says.
    """
    try:
        with (gzip.open if path.suffix == ".gz" else open)(
            path, "rt", encoding="utf-8"
        ) as file:
            content = json.load(file)
    except (ValueError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path}: no JSON file: {error}") from error
    return checked(list(_questions(content, path)), str(path))


def read_hub(name: str, revision: str, config: str | None, split: str) -> list[Example]:
    """The questions of a data set on the hub that has SQuAD's columns.

    Raises:
        ValueError: if the package `datasets` is missing, or a column.
    """
    try:
        import datasets
    except ImportError as error:
        raise ValueError(
            f"hub:{name} needs the package `datasets`: pip install datasets"
        ) from error
    rows = datasets.load_dataset(name, config, revision=revision, split=split)
    examples = []
    for number, row in enumerate(rows):
        where = f"hub:{name}, question {row.get('id', number)}"
        answers = _field(row, "answers", where)
        pairs = zip(
            _field(answers, "text", where),
            _field(answers, "answer_start", where),
            strict=True,
        )
        context = _field(row, "context", where)
        examples.append(
            Example(
                question=_field(row, "question", where),
                context=context,
                answers=tuple(pairs),
                page=row.get("title", context),
                id=str(row.get("id", number)),
            )
        )
    return checked(examples, f"hub:{name}")


def checked(examples: list[Example], source: str) -> list[Example]:
    """`examples` without those that have an answer that is not where it says.

    Raises:
        ValueError: if no question is left, or if more than half would go.
    """
    good = [e for e in examples if not _misplaced(e)]
    bad = [e for e in examples if _misplaced(e)]
    if not examples:
        raise ValueError(f"{source}: no question in it")
    if bad:
        (text, first), where = _misplaced(bad[0])[0], bad[0].id
        told = (
            f"{source}: {len(bad)} of {len(examples)} questions have an answer that "
            f"does not stand where the file says; the first is question {where!r}, "
            f"{text!r} at {first}"
        )
        if len(bad) > TOO_MANY * len(examples):
            raise ValueError(told)
        warnings.warn(f"{told}. They are left out.", stacklevel=2)
    return good


def _questions(content: object, path: Path) -> Iterator[Example]:
    for p, page in enumerate(_field(content, "data", str(path))):
        here = f"{path}, page {p}"
        title = _field(page, "title", here)
        for paragraph in _field(page, "paragraphs", here):
            context = _field(paragraph, "context", here)
            for qa in _field(paragraph, "qas", here):
                where = f"{path}, question {_field(qa, 'id', here)!r}"
                yield Example(
                    question=_field(qa, "question", where),
                    context=context,
                    answers=tuple(
                        (_field(a, "text", where), _field(a, "answer_start", where))
                        for a in _field(qa, "answers", where)
                    ),
                    page=title,
                    id=str(qa["id"]),
                )


KINDS = {"answer_start": int, "context": str, "question": str}  # the others by use


def _field(of: object, name: str, where: str) -> object:
    if not isinstance(of, dict) or name not in of:
        raise ValueError(f"{where}: the field {name!r} is missing")
    kind = KINDS.get(name)
    if kind is int and isinstance(of[name], list):  # the hub's columns
        return of[name]
    if kind and not isinstance(of[name], kind):
        raise ValueError(f"{where}: {name!r} must be {kind.__name__}, not {of[name]!r}")
    return of[name]


def _misplaced(example: Example) -> list[tuple[str, int]]:
    """The answers that the context does not have at their place, or that are empty."""
    return [
        (text, first)
        for text, first in example.answers
        if not text or example.context[first : first + len(text)] != text or first < 0
    ]
