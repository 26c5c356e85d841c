"""What a check prints: "not answered yet", "right", or what is wrong, with a hint.

A check never raises, whatever it is given. `answer = ...` counts as not answered. An
answer may also be a text, as one types it in the built page: see `typed`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import update_wrapper
from typing import Any

from companion.exercises.typed import (
    is_missing,
    typed_items,
    typed_number,
    typed_truth,
)

NOT_ANSWERED = "not answered yet"
RIGHT = "right"


@dataclass(frozen=True)
class Number:
    """A number is asked for.

    Attributes:
        wanted: the right one.
        hints: for wrong numbers with a known reason.
        otherwise: the hint for all others.
    """

    wanted: float
    hints: Mapping[int, str] | Mapping[float, str]
    otherwise: str

    def verdict(self, answer: Any) -> str:
        """Judge `answer`, whatever it is."""
        try:
            value = typed_number(answer) if isinstance(answer, str) else float(answer)
        except (TypeError, ValueError, OverflowError, RuntimeError):
            value = None
        if value is None:
            return f"A number was asked for, not {_quoted(answer)}."
        if close(value, self.wanted, self._tolerance()):
            return RIGHT
        reasons = (hint for wrong, hint in self.hints.items() if close(value, wrong))
        return f"Not {shown(value)}. {next(reasons, self.otherwise)}"

    def _tolerance(self) -> float:
        """What four digits of a fraction leave open; a count has to be a count."""
        return 1e-4 if float(self.wanted).is_integer() else 5e-4


@dataclass(frozen=True)
class Items:
    """A list is asked for; each hint is for one wrong list, `otherwise` for others."""

    wanted: list
    hints: Sequence[tuple[list, str]]
    otherwise: str

    def verdict(self, answer: object) -> str:
        """Judge `answer`, whatever it is; a tuple is as good as a list."""
        found = answer
        if isinstance(answer, str):
            found = typed_items(answer, are_numbers=isinstance(self.wanted[0], int))
        if not isinstance(found, list | tuple):
            return f"A list was asked for, not {_quoted(answer)}."
        if _equal(list(found), self.wanted):
            return RIGHT
        reasons = (hint for wrong, hint in self.hints if _equal(list(found), wrong))
        words = ", ".join(map(_item, found))
        return f"Not {words or 'an empty list'}. {next(reasons, self.otherwise)}"


@dataclass(frozen=True)
class Truth:
    """`True` or `False` is asked for; the hint is for the wrong one of the two."""

    wanted: bool
    otherwise: str

    def verdict(self, answer: object) -> str:
        """Judge `answer`, whatever it is."""
        found = typed_truth(answer) if isinstance(answer, str) else answer
        if not isinstance(found, bool):
            return f"Answer True or False, not {_quoted(answer)}."
        return RIGHT if found == self.wanted else f"Not so. {self.otherwise}"


Key = Number | Items | Truth


class Check:
    """The check of one task, made from a function that returns its key."""

    def __init__(self, key: Callable[[], Key]) -> None:
        self.key = key
        update_wrapper(self, key)

    def __call__(self, answer: object) -> None:
        """Print the verdict on `answer`."""
        if answer is ... or (isinstance(answer, str) and is_missing(answer)):
            print(NOT_ANSWERED)
        else:
            print(self.key().verdict(answer))


def close(a: float, b: float, tolerance: float = 1e-4) -> bool:
    """Tell whether two numbers agree, but for a share of the second."""
    return abs(a - b) <= tolerance * abs(b)


def shown(value: float) -> str:
    """Write a number with commas between thousands: in full, or with six digits."""
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value + 0.0:,.0f}"
    return f"{value:,.6g}"


def _item(item: object) -> str:
    """Write an item of a list."""
    if isinstance(item, str):
        return _cut(item)
    if isinstance(item, float) or (isinstance(item, int) and abs(item) < 1e15):
        return shown(item)
    return _quoted(item)


def _quoted(answer: object) -> str:
    """Write what is no answer, shortened."""
    try:
        return f'"{_cut(answer)}"' if isinstance(answer, str) else _cut(repr(answer))
    except Exception:  # an object may fail at describing itself
        return f"a {type(answer).__name__}"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _equal(one: list, other: list) -> bool:
    """Tell whether two lists are equal; what cannot be compared is not."""
    try:
        return bool(one == other)
    except (RuntimeError, TypeError, ValueError):
        return False
