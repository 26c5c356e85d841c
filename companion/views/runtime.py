"""The one script that brings views to life, put together from its parts.

`runtime.js` is the frame: at each of its lines `/* insert NAME */` goes the part of
that name. The parts are JavaScript modules, each of which imports only those inserted
above it; in the script each is a function of its own, which returns what the module
exports.
"""

import re
from functools import cache
from importlib import resources

INSERT = re.compile(r"/\* insert (\S+) \*/")
IMPORT = re.compile(r'^import\s[^;]*?from\s"[^"]+";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:const|function|class) (\w+))", re.MULTILINE)


@cache
def script() -> str:
    """Return the script.

    Raises:
        ValueError: if a part contains `</script`, which would end it in a page.
    """
    text = INSERT.sub(lambda match: _part(match[1]), _own("runtime.js"))
    if "</script" in text.lower():
        raise ValueError("a part of the views' script contains </script")
    return text


def _part(name: str) -> str:
    """Return a style sheet as it is, and a module as a function with its exports."""
    text = _own(name)
    return scoped(text) if name.endswith(".js") else text


def scoped(text: str) -> str:
    """Return a JavaScript module as a function of its own, which gives its exports.

    What it imports must stand above it in the script.
    """
    exports = ", ".join(EXPORT.findall(text))
    body = EXPORT.sub("", IMPORT.sub("", text))
    return f"const {{ {exports} }} = (() => {{\n{body}return {{ {exports} }};\n}})();"


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
