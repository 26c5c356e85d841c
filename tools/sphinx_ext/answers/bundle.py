"""The one script of the page's answers, put together from its modules.

A page that is opened from a file may load no JavaScript module, so they become one
script, in the order in which they import each other.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent
MODULES = (
    *("elements", "memory", "progress", "typed", "verdicts", "sealed"),
    *("exercises", "recall", "guesses", "finished", "start"),
)
IMPORT = re.compile(r'^import\s[^;]*?from\s"\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const |class )", re.MULTILINE)


def script() -> str:
    """Return all modules as one script, whose names stay its own."""
    return f'(() => {{\n"use strict";\n{joined(MODULES)}}})();\n'


def joined(modules: tuple[str, ...]) -> str:
    """Return the text of `modules`, one after the other.

    Raises:
        ValueError: if a module imports from one that does not stand before it.
    """
    parts: list[str] = []
    for place, name in enumerate(modules):
        text = (HERE / f"{name}.js").read_text(encoding="utf-8")
        for other in IMPORT.findall(text):
            if other not in modules[:place]:
                raise ValueError(f"{name}.js imports {other}.js, which comes later")
        parts.append(EXPORT.sub("", IMPORT.sub("", text)))
    return "\n".join(parts)
