"""Read an answer as people type it: `1,024`, `3/4`, `2 * sqrt(5)`, `0, 5`, `yes`.

The built page reads in the same way, in `tools/sphinx_ext/answers/typed.js`. A test
compares the two; what changes here changes there.
"""

import math
import re
from collections.abc import Callable

LONGEST = 100  # characters of a calculation
SPACES = str.maketrans(dict.fromkeys("\t\n\r\u00a0\u2009\u202f", " "))
SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "⁄": "/"})
NUMBERS = (
    r"[1-9][0-9]{0,2}([, _'’])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]+)?(?![0-9])",  # 1,024.5
    r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+",  # 1.024,5
    r"[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}(?![0-9])",  # 23.440.896
    r"(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[-+]?[0-9]+)?",  # 0.5, 0,5, 1e-4
)
NUMBER = re.compile("|".join(f"(?:{form})" for form in NUMBERS))
PART = re.compile(r"(?:math\.)?([a-z]+2?)|(\*\*|[-+*/^()%])")
CONSTANTS = {"e": math.e, "pi": math.pi}
FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "ln": math.log,
    "log": math.log,
    "log2": math.log2,
    "sqrt": math.sqrt,
}
TRUTHS = {"true": True, "t": True, "yes": True, "y": True}
TRUTHS |= {"false": False, "f": False, "no": False, "n": False}


def is_missing(text: str) -> bool:
    """Tell whether nothing was typed but spaces and dots."""
    return not text.translate(SPACES).strip(" .…")


def typed_number(text: str) -> float | None:
    """Return the number that was typed, or the result of a calculation, or None.

    A comma before three digits groups them, unless a 0 is all that precedes it; any
    other comma is a decimal one. `%` divides by 100, `log` is the natural logarithm.
    """
    if len(text) > LONGEST:
        return None
    try:
        return _Calculation(text).result()
    except (ArithmeticError, ValueError):
        return None


def typed_items(text: str, are_numbers: bool) -> list | None:
    """Return the items of a typed list, or None if they should be numbers and are not.

    Brackets and quotes are left out; commas, semicolons and spaces separate. Digits
    that stand together, as in `0011`, are items each.
    """
    plain = re.sub(r"[\[\](){}\"'`“”‘’]", " ", text.translate(SPACES))
    parts = [part for part in re.split("[,; ]+", plain) if part]
    if not are_numbers:
        return parts
    if len(parts) == 1 and re.fullmatch("[0-9]{2,}", parts[0]):
        parts = list(parts[0])
    values = [typed_number(part) for part in parts]
    return None if None in values else values


def typed_truth(text: str) -> bool | None:
    """Return what `True`, `true`, `yes` or `f` means, or None."""
    return TRUTHS.get(text.translate(SPACES).strip(" .").lower())


def _parts(text: str) -> list[float | str]:
    """Cut a calculation into numbers, names and signs.

    Raises:
        ValueError: at the first character that belongs to none of them.
    """
    plain = text.translate(SPACES).translate(SIGNS).lower()
    found: list[float | str] = []
    while plain := plain.lstrip(" "):
        if match := NUMBER.match(plain):
            found.append(_value(match[0]))
        elif match := PART.match(plain):
            found.append(match[1] or match[2].replace("^", "**"))
        else:
            raise ValueError(plain)
        plain = plain[match.end() :]
    return found


def _value(digits: str) -> float:
    """Return the value of what `NUMBER` found."""
    whole = re.sub("[ _'’]", "", digits)
    if re.fullmatch(NUMBERS[0], digits):
        return float(whole.replace(",", ""))
    if re.fullmatch(f"{NUMBERS[1]}|{NUMBERS[2]}", digits):
        whole = whole.replace(".", "")
    return _finite(float(whole.replace(",", ".")))


def _finite(value: float) -> float:
    """Return `value`, or raise ValueError if it is not a finite real number."""
    if isinstance(value, complex) or not math.isfinite(value):
        raise ValueError(value)
    return value


class _Calculation:
    """The parts of a calculation, read from left to right; each sign has its rank."""

    def __init__(self, text: str) -> None:
        self.parts: list[float | str] = [*_parts(text), "end"]

    def result(self) -> float:
        value = self._sum()
        if self.parts != ["end"]:
            raise ValueError(self.parts)
        return value

    def _next(self, *wanted: str) -> str | None:
        """Take the next part if it is one of those wanted."""
        part = self.parts[0]
        if isinstance(part, str) and part in wanted:
            del self.parts[0]
            return part
        return None

    def _sum(self) -> float:
        value = self._product()
        while sign := self._next("+", "-"):
            other = self._product()
            value = _finite(value + other if sign == "+" else value - other)
        return value

    def _product(self) -> float:
        value = self._signed()
        while sign := self._next("*", "/"):
            other = self._signed()
            value = _finite(value * other if sign == "*" else value / other)
        return value

    def _signed(self) -> float:
        if sign := self._next("+", "-"):
            return self._signed() * (-1 if sign == "-" else 1)
        value = self._single()
        if self._next("**"):
            return _finite(value ** self._signed())
        return value

    def _single(self) -> float:
        part = self.parts.pop(0)
        if isinstance(part, float):
            value = part
        elif part == "(":
            value = self._bracket()
        elif part in FUNCTIONS and self._next("("):
            value = _finite(FUNCTIONS[part](self._bracket()))
        elif part in CONSTANTS:
            value = CONSTANTS[part]
        else:
            raise ValueError(part)
        return value / 100 if self._next("%") else value

    def _bracket(self) -> float:
        """Return what stands in brackets; the opening one is taken already."""
        value = self._sum()
        if not self._next(")"):
            raise ValueError("a bracket is open")
        return value
