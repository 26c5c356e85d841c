"""Read questions in SQuAD's format, from files or from the hub, and check them.

Files are taken as annotation tools and data sets write them: with or without titles and
ids, references as a list or in columns, unanswerable questions marked in any of the
usual ways. What cannot be read is refused here, before hours of work, in one line that
names the file and the question.
"""

import gzip
import importlib
import json
import re
import warnings
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from companion.fine_tuning.references import is_placed, references
from companion.qa_pipeline.arguments import whole_text

TOO_MANY = 0.5  # share of the questions whose answers are elsewhere
_NO_JSON = (ValueError, EOFError, gzip.BadGzipFile, zlib.error, RecursionError)
Kind = TypeVar("Kind")


class LeftOut(UserWarning):
    """Something in the data or the options cannot be used as it is."""


@dataclass(frozen=True)
class Example:
    """A question about a context; `answers` are (text, first character), or none.

    `source` is the file or data set that it came from, for errors.
    """

    question: str
    context: str
    answers: tuple[tuple[str, int], ...]
    page: str
    id: str = ""
    source: str = field(default="", compare=False, repr=False)

    @property
    def where(self) -> str:
        """The source and the id, as errors name them."""
        return f"{self.source or 'an example'}, question {self.id!r}"


def read_squad(path: Path) -> list[Example]:
    """Read the questions of a SQuAD-format file, v1.1 or v2, in its order.

    Args:
        path: `.json` or `.json.gz`.
    Raises:
        ValueError: naming file and question, if it is not in that format.
    """
    examples = list(_questions(_content(path), str(path)))
    if not examples:
        raise ValueError(f"{path}: no question in it")
    return examples


def read_paragraphs(path: Path) -> list[Example]:
    """Read a plain text file in UTF-8; paragraphs end at empty lines.

    Returns:
        An example without a question for each, all of one page.
    Raises:
        ValueError: if it is not in UTF-8, or has no paragraph.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text in UTF-8: {error}") from error
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text)]
    if not any(paragraphs):
        raise ValueError(f"{path}: no text in it")
    return [
        Example("", paragraph, (), path.stem, f"#{number}", str(path))
        for number, paragraph in enumerate(filter(None, paragraphs))
    ]


def read_hub(name: str, revision: str, config: str | None, split: str) -> list[Example]:
    """Read the questions of a data set on the hub that has SQuAD's columns.

    Raises:
        ValueError: if the package `datasets` is missing, or a column.
    """
    try:
        datasets = importlib.import_module("datasets")
    except ImportError as error:
        raise ValueError(
            f"hub:{name} needs the package `datasets`: pip install datasets"
        ) from error
    source = f"hub:{name}"
    rows = datasets.load_dataset(name, config, revision=revision, split=split)
    examples = []
    for number, row in enumerate(rows):
        context = _text(row, "context", _where(row, number, source))
        page = _name_among([row.get("title")], context)
        examples.append(_example(row, context, page, number, source))
    if not examples:
        raise ValueError(f"{source}: no question in it")
    return examples


def placed(examples: list[Example]) -> list[Example]:
    """Return those that can be trained on: an answer is where the file says, or none.

    Of several references those at other places are dropped.

    Raises:
        ValueError: if more than half of the questions would go.
    Warns:
        LeftOut: with the number of questions that go, if any.
    """
    kept = [_placed(e) for e in examples]
    bad = [e for e, k in zip(examples, kept, strict=True) if not k]
    if bad:
        text, first = bad[0].answers[0]
        message = (
            f"{bad[0].source}: {len(bad)} of {len(examples)} questions have no answer "
            f"at the place that the file gives; the first is question {bad[0].id!r}, "
            f"{text!r} at {first}"
        )
        if len(bad) > TOO_MANY * len(examples):
            raise ValueError(message)
        warnings.warn(f"{message}. They are not trained on.", LeftOut, stacklevel=2)
    return [e for e in kept if e]


def _placed(example: Example) -> Example | None:
    """`example` with the references that are in place; None if it has only others."""
    good = tuple(a for a in example.answers if is_placed(example.context, *a))
    if len(good) == len(example.answers):
        return example
    return replace(example, answers=good) if good else None


def _content(path: Path) -> object:
    """Read a JSON file, compressed or not, with or without a byte order mark."""
    is_gzip = path.suffix.lower() == ".gz"
    try:
        with (gzip.open if is_gzip else open)(path, "rt", encoding="utf-8-sig") as file:
            return json.load(file)
    except _NO_JSON as error:
        raise ValueError(f"{path}: no JSON file: {error}") from error


def _questions(content: object, source: str) -> Iterator[Example]:
    number = 0
    for p, page in enumerate(_field(content, "data", list, source)):
        here = f"{source}, page {p}"
        for n, paragraph in enumerate(_field(page, "paragraphs", list, here)):
            here = f"{source}, page {p}, paragraph {n}"
            qas = _field(paragraph, "qas", list, here)
            title = _title(page, paragraph, p)
            for qa in qas:
                context = _text(paragraph, "context", _where(qa, number, source))
                yield _example(qa, context, title, number, source)
                number += 1


def _name(qa: Mapping[str, Any], number: int) -> str:
    """The id; a question without one is known by its number in the file."""
    name = qa.get("id")
    return f"#{number}" if name is None else str(name)


def _where(qa: object, number: int, source: str) -> str:
    if not isinstance(qa, Mapping):
        raise ValueError(
            f"{source}, question #{number}: must be an object, not {qa!r:.60}"
        )
    return f"{source}, question {_name(qa, number)!r}"


def _example(
    qa: Mapping[str, Any], context: str, page: str, number: int, source: str
) -> Example:
    where = _where(qa, number, source)
    return Example(
        question=_text(qa, "question", where),
        context=context,
        answers=references(qa, context, where),
        page=page,
        id=_name(qa, number),
        source=source,
    )


def _title(page: Mapping[str, Any], paragraph: Mapping[str, Any], number: int) -> str:
    """The page's title; annotation tools give a document's id instead, or nothing."""
    names: Iterable[object] = (
        page.get("title"),
        page.get("document_id"),
        paragraph.get("document_id"),
    )
    return _name_among(names, f"page {number}")


def _name_among(names: Iterable[object], otherwise: str) -> str:
    """The first that is a name: a number, or text that is not blank."""
    texts = (str(name) for name in names if isinstance(name, str | int))
    return next((text for text in texts if text.strip()), otherwise)


def _text(of: object, name: str, where: str) -> str:
    """A field that is a string with something in it, of whole characters."""
    return whole_text(f"{where}: {name}", _field(of, name, str, where))


def _field(of: object, name: str, kind: type[Kind], where: str) -> Kind:
    """`of[name]`, which must be a `kind`; ValueError if it is not there, or another."""
    if not isinstance(of, Mapping) or name not in of:
        raise ValueError(f"{where}: the field {name!r} is missing")
    value = of[name]
    if not isinstance(value, kind):
        came = "null" if value is None else f"{value!r:.60}"
        raise ValueError(f"{where}: {name!r} must be a {kind.__name__}, not {came}")
    return value
