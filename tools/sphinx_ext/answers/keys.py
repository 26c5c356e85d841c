"""The keys of the exercises, as the page gets them.

The page's key is the companion's: the same accepted value, tolerance and hints, so that
the two cannot disagree. A digest in its place would have to round, and a typed answer
near the edge would be judged in another way. So the key is only sealed: made unreadable
at a glance. A lock would guard nothing, as the solution stands below, folded.
"""

import base64
import json
from itertools import cycle
from typing import Any

from companion import exercises
from companion.exercises.verdicts import Items, Key, Number


def table(key: Key) -> dict[str, Any]:
    """Return what `key` holds in types that JSON knows."""
    hints: list[Any] = []
    if isinstance(key, Number):
        hints = [[float(wrong), hint] for wrong, hint in key.hints.items()]
    elif isinstance(key, Items):
        hints = [list(pair) for pair in key.hints]
    return {
        "kind": type(key).__name__,
        "wanted": key.wanted,
        "hints": hints,
        "otherwise": key.otherwise,
    }


def sealed(name: str, key: Key) -> str:
    """Return `key` as text that `sealed.js` opens with the check's `name`."""
    text = json.dumps(table(key)).encode()
    mixed = bytes(a ^ b for a, b in zip(text, cycle(name.encode()), strict=False))
    return base64.b64encode(mixed).decode()


def key_of(name: str) -> Key:
    """Return the key of the check called `name`.

    Raises:
        ValueError: if there is no such check.
    """
    if name not in exercises.__all__:
        raise ValueError(f"companion.exercises has no check called {name}")
    return getattr(exercises, name).key()
