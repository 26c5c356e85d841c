"""What a check prints: "not answered yet", "right", or what is wrong, with a hint.

A check never raises, whatever it is given. `answer = ...` counts as not answered.
"""

from collections.abc import Mapping
from typing import Any

Hints = Mapping[int, str] | Mapping[float, str]  # by the wrong numbers they are for


def grade(answer: Any, wanted: float, hints: Hints, otherwise: str) -> None:
    """Print the verdict on a number.

    Args:
        answer: whatever the reader assigned.
        wanted: the right number.
        hints: for wrong numbers with a known reason.
        otherwise: the hint for all others.
    """
    if answer is ...:
        print("not answered yet")
        return
    try:
        value = float(answer)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        print(f"A number was asked for, not {answer!r}.")
        return
    if close(value, wanted):
        print("right")
        return
    reasons = (hint for wrong, hint in hints.items() if close(value, wrong))
    print(f"Not {value:,.6g}. {next(reasons, otherwise)}")


def close(a: float, b: float) -> bool:
    """Tell whether two numbers agree to four digits."""
    return abs(a - b) <= 1e-4 * abs(b)


def grade_items(
    answer: object, wanted: list, hints: list[tuple[list, str]], otherwise: str
) -> None:
    """Print the verdict on a list or a tuple; each hint is for one wrong list."""
    if answer is ...:
        print("not answered yet")
    elif not isinstance(answer, list | tuple):
        print(f"A list was asked for, not {answer!r}.")
    elif list(answer) == wanted:
        print("right")
    else:
        reasons = (hint for wrong, hint in hints if list(answer) == wrong)
        print(f"Not {list(answer)}. {next(reasons, otherwise)}")


def grade_truth(answer: object, wanted: bool, hint: str) -> None:
    """Print the verdict on True or False."""
    if answer is ...:
        print("not answered yet")
    elif not isinstance(answer, bool):
        print(f"Answer True or False, not {answer!r}.")
    elif answer == wanted:
        print("right")
    else:
        print(f"Not so. {hint}")
