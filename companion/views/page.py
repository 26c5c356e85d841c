"""A view as HTML, and the script that brings all views of a page to life.

A stored output holds the packed numbers and one line of script. The script itself is
third parties' for the most part, and large: BertViz's three, d3 and jQuery, read from
the installed packages. The built book has it once, as a file of its own. A live
notebook has no such file: there the first view of the session carries it along.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import NamedTuple

from torch import Tensor

from companion.views.packing import restore_vectors, restore_weights, unpack

# Set where notebooks are executed for the book: the page brings the script.
BOOK = "COMPANION_VIEWS"
_carrier: str | None = None  # the cell, or the view, whose output carries the script


@dataclass(frozen=True, repr=False)
class View:
    """What a notebook shows when it is a cell's last value."""

    kind: str  # "head", "model", "neuron", "layers"
    packed: str
    words: str
    height: int  # pixels, about; so that a page does not jump when it is drawn

    @property
    def id(self) -> str:
        """The element's id; it depends on what is shown, and on nothing else."""
        header, arrays = unpack(self.packed)
        shapes = {name: tuple(array.shape) for name, array in arrays.items()}
        header.pop("levels", None)
        digest = hashlib.sha256(repr((header, shapes)).encode()).hexdigest()
        return f"attention-{digest[:12]}"

    def html(self) -> str:
        """The element with the packed numbers, and the line that has it drawn."""
        return (
            f'<div class="attention-view" id="{self.id}" data-kind="{self.kind}" '
            f'data-packed="{self.packed}" style="min-height: {self.height}px">'
            f"<p>{self.words[0].upper()}{self.words[1:]}. The picture is drawn by a "
            "script: it shows in the built book, and in a notebook when the cell is "
            "run.</p></div>\n<script>window.insideBert?.draw()</script>"
        )

    def _repr_html_(self) -> str:
        script = f"<script>{runtime()}</script>\n" if _carries(self.id) else ""
        return script + self.html()

    def __repr__(self) -> str:
        return f"<{self.kind} view: {self.words}>"


def _carries(view: str) -> bool:
    """Whether this output is the session's first, or that cell's once more."""
    global _carrier
    if BOOK in os.environ:
        return False
    cell = _cell() or view
    _carrier = _carrier or cell
    return _carrier == cell


def _cell() -> str | None:
    """The id of the cell that is being run, where the front end tells."""
    from IPython import get_ipython

    parent = getattr(get_ipython(), "parent_header", {})
    return parent.get("metadata", {}).get("cellId")


@cache
def runtime() -> str:
    """The script: d3, jQuery and BertViz from their packages, around our own."""
    names = re.findall(r"/\* insert (\S+) \*/", _read("companion.views", "runtime.js"))
    script = _read("companion.views", "runtime.js")
    for name in names:
        script = script.replace(f"/* insert {name} */", SOURCES[name]())
    if "</script" in script.lower():
        raise ValueError("a script holds </script, and would end too early in a page")
    return script


def _read(package: str, *path: str) -> str:
    return resources.files(package).joinpath(*path).read_text(encoding="utf-8")


SOURCES = {
    "d3": lambda: _read("mpld3", "js", "d3.v5.min.js"),
    "jquery": lambda: _read("sphinxcontrib.jquery", "jquery.js"),
    "head_view": lambda: _read("bertviz", "head_view.js"),
    "model_view": lambda: _read("bertviz", "model_view.js"),
    "neuron_view": lambda: _read("bertviz", "neuron_view.js"),
    "views": lambda: _read("companion.views", "views.js"),
    "slider": lambda: _read("companion.views", "slider.js"),
    "style": lambda: _read("companion.views", "views.css"),
}


class Decoded(NamedTuple):
    """A view's content, read back out of its HTML; what a view lacks is None."""

    kind: str
    tokens: list[str]
    layers: list[int]
    heads: list[int]
    parts: list[dict]
    levels: int | None
    weights: Tensor | None  # (L, A, rows, columns)
    queries: Tensor | None  # (L, A, rows, D)
    keys: Tensor | None  # (L, A, columns, D)
    points: Tensor | None  # (L + 1, T, 2), whole numbers


def decode(html: str) -> Decoded:
    """The content of the first view in `html`.

    Raises:
        ValueError: if there is none.
    """
    header, arrays = unpack(_packed(html))
    numbers: dict[str, Tensor | None] = dict.fromkeys(Decoded._fields[6:])
    if "weights" in arrays:
        numbers["weights"] = restore_weights(arrays["weights"], header["levels"])
    for name in ("queries", "keys"):
        if name in arrays:
            numbers[name] = restore_vectors(arrays[name], header[f"{name}_steps"])
    numbers["points"] = arrays.get("points")
    some = {name: header.get(name, []) for name in ("layers", "heads", "parts")}
    kind, tokens = header["kind"], header["tokens"]
    return Decoded(kind, tokens, **some, levels=header.get("levels"), **numbers)


def alike(one: str, other: str) -> bool:
    """Whether two views' HTML shows the same, but for a number on a rounding edge.

    Two machines differ in a weight's last digits, and two builds of zlib in how they
    compress, so the texts may differ where nothing that a reader sees does.
    """
    if one.replace(_packed(one), "") != other.replace(_packed(other), ""):
        return False
    (head, arrays), (other_head, other_arrays) = map(unpack, map(_packed, (one, other)))
    exact = set(head) - {"queries_steps", "keys_steps", "shares"}
    if any(head[name] != other_head.get(name) for name in exact):
        return False
    return all(
        (array.int() - other_arrays[name].int()).abs().max() <= 1
        for name, array in arrays.items()
    )


def _packed(html: str) -> str:
    found = re.search(r'data-packed="([\w+/=]+)"', html)
    if not found:
        raise ValueError("html must hold a view, an element with data-packed")
    return found[1]
