"""The companion's own code as a cell's output, coloured by whatever shows it."""

import inspect
from collections.abc import Callable
from typing import Any


class Listing:
    """Python code: Markdown for what shows it in colour, text for a terminal."""

    def __init__(self, source: str) -> None:
        self.source = source

    def __repr__(self) -> str:
        return self.source

    def _repr_markdown_(self) -> str:
        return f"````python\n{self.source}\n````"


def listing(*functions: Callable[..., Any]) -> Listing:
    """Return the source of functions or classes, one below the other.

    Raises:
        TypeError: for what has no source in Python, such as a function of C.
    """
    for function in functions:
        if not (inspect.isroutine(function) or inspect.isclass(function)):
            kind = type(function).__name__
            raise TypeError(f"functions must be functions or classes, not a {kind}")
    sources = [inspect.getsource(function).rstrip() for function in functions]
    return Listing("\n\n\n".join(sources))
