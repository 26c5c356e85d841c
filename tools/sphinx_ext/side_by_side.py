"""Sphinx extension: a function of the companion beside the same one in JavaScript.

    ```{side-by-side} companion.embeddings.layer_norm bert.js:layerNorm
    ```

Both are read from the sources when the book is built, so that neither can be stale, and
shown without the comments that come before the code.
"""

import importlib
import inspect
import re

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from companion.live.scripts import source

DOCSTRING = re.compile(r'^ +"""(?:(?!""").)*"""\n', re.MULTILINE | re.DOTALL)


def in_python(path: str) -> str:
    """The source of a function, by its module and name, without its docstring.

    Raises:
        ValueError: if there is none.
    """
    module, _, name = path.rpartition(".")
    try:
        text = inspect.getsource(getattr(importlib.import_module(module), name))
    except (ImportError, AttributeError) as error:
        raise ValueError(f"{path} is no function of the companion: {error}") from error
    return DOCSTRING.sub("", text, count=1)


def in_javascript(place: str) -> str:
    """The source of a function in `FILE:NAME`.

    Raises:
        ValueError: if there is none.
    """
    file, _, name = place.partition(":")
    definition = rf"^(?:export )?const {re.escape(name)} =.*?;$"
    # The first line that ends a statement and is not indented ends the function.
    text = re.search(
        rf"{definition}(?=\n(?:\n|$)|\Z)", source(file), re.MULTILINE | re.DOTALL
    )
    if not text:
        raise ValueError(f"{place} is no function of companion/live")
    return text[0]


class SideBySide(Directive):
    """Two listings, beside each other where there is room."""

    required_arguments = 2

    def run(self) -> list[nodes.Node]:
        """The two listings in a container."""
        path, place = self.arguments
        try:
            texts = [(in_python(path), "python"), (in_javascript(place), "javascript")]
        except ValueError as error:
            raise self.error(str(error)) from error
        both = nodes.container(classes=["side-by-side"])
        both += [nodes.literal_block(text, text, language=kind) for text, kind in texts]
        return [both]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("side-by-side", SideBySide)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
