"""Read a view's numbers back out of its HTML."""

import re
from typing import Any, NamedTuple

from torch import Tensor

from companion.views.packing import restore_vectors, restore_weights, unpack


class Decoded(NamedTuple):
    """The content of a view; what a view of its kind lacks is None, or empty."""

    kind: str
    tokens: list[str]
    layers: list[int]
    heads: list[int]
    parts: list[dict[str, Any]]
    levels: int | None
    weights: Tensor | None  # (L, A, rows, columns)
    queries: Tensor | None  # (L, A, rows, D)
    keys: Tensor | None  # (L, A, columns, D)
    points: Tensor | None  # (L + 1, T, 2), whole numbers, on one map for all steps
    own: Tensor | None  # (L + 1, T, 2), whole numbers, on a map for each step
    open: dict[str, int]  # what the page opens on


def decode(html: str) -> Decoded:
    """Return the content of the first view in `html`.

    Raises:
        ValueError: if there is none.
    """
    header, arrays = unpack(packed(html))
    weights = arrays.get("weights")
    if weights is not None:
        weights = restore_weights(weights, header["levels"], arrays.get("fine"))
    return Decoded(
        kind=header["kind"],
        tokens=header["tokens"],
        layers=header.get("layers", []),
        heads=header.get("heads", []),
        parts=header.get("parts", []),
        levels=header.get("levels"),
        weights=weights,
        queries=_vectors("queries", header, arrays),
        keys=_vectors("keys", header, arrays),
        points=arrays.get("points"),
        own=arrays.get("own"),
        open=header.get("open", {}),
    )


def _vectors(
    name: str, header: dict[str, Any], arrays: dict[str, Tensor]
) -> Tensor | None:
    if name not in arrays:
        return None
    return restore_vectors(arrays[name], header[f"{name}_steps"])


def packed(html: str) -> str:
    """Return the packed text of the first view in `html`.

    Raises:
        ValueError: if there is none.
    """
    match = re.search(r'data-packed="([\w+/=]+)"', html)
    if not match:
        raise ValueError("html must hold a view, an element with data-packed")
    return match[1]
