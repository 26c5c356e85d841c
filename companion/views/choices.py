"""What a reader chooses to see: some layers, some heads, a part of the weights."""

import operator
from collections.abc import Iterable
from typing import Any

import numpy
from torch import Tensor

from companion.tokens import Encoded
from companion.views.reading import groups_of

Numbers = int | Iterable[int]  # Python's, NumPy's or Torch's
SHOWN = ("all", "question to context", "context to question")


def numbers_from(name: str, chosen: Numbers | None, count: int) -> list[int]:
    """Return the numbers in `chosen`, sorted, each once; all below `count` for None.

    Raises:
        TypeError: if one of them is no integer.
        ValueError: if there is none, or one is not from 0 to `count` - 1.
    """
    if chosen is None:
        return list(range(count))
    numbers = [_integer(name, value) for value in _several(name, chosen)]
    if not numbers or not set(numbers) <= set(range(count)):
        raise ValueError(
            f"{name} must name one or more of 0 to {count - 1}, not {_short(numbers)}"
        )
    return sorted(set(numbers))


def number_from(name: str, chosen: Any, among: list[int]) -> int | None:
    """Return the one number `chosen`, or None for None.

    Raises:
        TypeError: if it is no integer.
        ValueError: if it is none of `among`.
    """
    if chosen is None:
        return None
    number = _integer(name, chosen, "an integer")
    if number not in among:
        raise ValueError(f"{name} must be one of {_short(among)}, not {number}")
    return number


def token_from(chosen: str | int | None, tokens: list[str]) -> int | None:
    """Return the place of a token, given by its place or by its text.

    Raises:
        TypeError: if it is neither an integer nor a string.
        ValueError: if there is no such token, or `chosen` is the text of several.
    """
    if not isinstance(chosen, str):
        return number_from("token", chosen, list(range(len(tokens))))
    places = [place for place, token in enumerate(tokens) if token == chosen]
    if len(places) != 1:
        raise ValueError(
            f"token must be the text of one token, and {_short(chosen)} is that of "
            f"{len(places)}: give its place, 0 to {len(tokens) - 1}"
        )
    return places[0]


def _several(name: str, chosen: Numbers) -> list[Any]:
    """Return what `chosen` consists of: one number, or those that it gives."""
    if isinstance(chosen, Tensor | numpy.ndarray):
        chosen = chosen.tolist()  # numbers, or lists, by its number of dimensions
    if isinstance(chosen, str | bytes) or not isinstance(chosen, Iterable):
        return [chosen]
    return list(chosen)


def _integer(name: str, value: Any, wanted: str = "an integer or several") -> int:
    if isinstance(value, Tensor) and value.ndim == 0:
        value = value.item()
    try:
        if isinstance(value, bool | Tensor):
            raise TypeError
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be {wanted}, not {_short(value)}") from None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parts_of(encoded: Encoded, show: str) -> list[dict[str, Any]]:
    """Return the parts that a reader of the page can choose: a name, rows, columns.

    Raises:
        ValueError: if `show` is not one of `SHOWN`.
    """
    if not isinstance(show, str) or show not in SHOWN:
        raise ValueError(f"show must be one of {', '.join(SHOWN)}, not {_short(show)}")
    groups = groups_of(encoded)
    question = [i for i, group in enumerate(groups) if group == "question"]
    context = [i for i, group in enumerate(groups) if group == "context"]
    every = list(range(len(groups)))
    sides = (every, every), (question, context), (context, question)
    parts = [
        {"name": name, "rows": rows, "columns": columns}
        for name, (rows, columns) in zip(SHOWN, sides, strict=True)
    ]
    return parts if show == "all" else [parts[SHOWN.index(show)]]
