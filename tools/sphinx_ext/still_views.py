"""Draw a view as a still picture, for a page whose scripts do not run.

It shows what the view opens on: the lines of one head, all heads small, or the points
of a step. Its colours can be read on a light and on a dark page.
"""

from collections.abc import Iterator
from html import escape
from typing import Any

from torch import Tensor

from companion.views.packing import restore_weights, unpack

WIDE = 480  # units; the picture is as wide as the column, and no wider than 36rem
ROW = 20
LEFT, RIGHT = 150, 330  # where the lines begin and end
HIGH = 300  # units, of a map
COLOURS = {"answer": "#3f86d2", "question": "#d9730d", "rival": "#9a6fd0"}
LINE, QUIET = COLOURS["answer"], "#8a929c"
LEAST = 0.05  # a weaker line could not be seen
MANY = 24  # tokens below one another


def still(packed: str) -> str:
    """Return a packed view as an element `svg`."""
    header, arrays = unpack(packed)
    if header["kind"] == "layers":
        return _points(header, arrays["points"])
    whole, fine = arrays["weights"], arrays.get("fine")
    weights = restore_weights(whole, header["levels"], fine)  # (L, A, R, C)
    return (_grid if header["kind"] == "model" else _lines)(header, weights)


def shown(packed: str) -> str:
    """Say what the picture shows of a packed view."""
    header, _ = unpack(packed)
    kind, opened = header["kind"], header.get("open", {})
    if kind == "layers":
        step = opened.get("step", 0)
        return f"the places after layer {step - 1}" if step else "the embeddings"
    if kind == "model":
        return "all heads"
    layer, heads = _first(header)
    named = f"head {heads[0]}" if len(heads) == 1 else "all heads together"
    return f"layer {layer}, {named}"


def _first(header: dict[str, Any]) -> tuple[int, list[int]]:
    """Return the layer and the heads that a view opens on."""
    opened, heads = header.get("open", {}), header["heads"]
    if "head" in opened:
        heads = [opened["head"]]
    elif header["kind"] == "neuron":
        heads = heads[:1]
    return opened.get("layer", header["layers"][0]), heads


def _lines(header: dict[str, Any], weights: Tensor) -> str:
    """Draw the mean of the heads that are on at first, in the first layer shown."""
    layer, heads = _first(header)
    chosen = [header["heads"].index(head) for head in heads]
    stacked = weights[header["layers"].index(layer), chosen]  # (heads, R, C)
    table = stacked.mean(dim=0)  # -> (R, C)
    rows = _strongest(table.amax(dim=1))
    columns = _strongest(table.sum(dim=0))
    parts = [*_names(header, "rows", rows), *_names(header, "columns", columns)]
    shown = table[rows][:, columns]
    for i, j in (shown >= LEAST * shown.max()).nonzero().tolist():
        opacity = (shown[i, j] / shown.max()).item()
        parts.append(
            f'<line x1="{LEFT}" y1="{_height(i)}" x2="{RIGHT}" y2="{_height(j)}" '
            f'stroke="{LINE}" stroke-width="2" stroke-opacity="{opacity:.2f}"/>'
        )
    return _svg(ROW * max(len(rows), len(columns)), parts)


def _strongest(values: Tensor) -> list[int]:
    """Return the places of the largest values, in their order."""
    return values.topk(min(MANY, len(values))).indices.sort().values.tolist()


def _height(place: int) -> float:
    return ROW * (place + 0.5)


def _names(header: dict[str, Any], side: str, places: list[int]) -> Iterator[str]:
    x, anchor = (LEFT - 8, "end") if side == "rows" else (RIGHT + 8, "start")
    for line, place in enumerate(places):
        token = header["tokens"][header[side][place]]
        yield _text(x, _height(line) + 5, token, anchor)


def _grid(header: dict[str, Any], weights: Tensor) -> str:
    """Draw the lines of all heads, a row for each layer."""
    cell = (WIDE - 60) / len(header["heads"])
    parts = [
        _text(60 + cell * (j + 0.5), 14, str(head), "middle")
        for j, head in enumerate(header["heads"])
    ]
    for i, layer in enumerate(header["layers"]):
        parts.append(_text(52, 20 + cell * (i + 0.5) + 5, f"layer {layer}", "end", 12))
        for j, table in enumerate(weights[i]):
            parts.append(_small(table, 60 + cell * j + 2, 20 + cell * i + 2, cell - 4))
    return _svg(22 + cell * len(header["layers"]), parts)


def _small(table: Tensor, x: float, y: float, size: float) -> str:
    """Draw one head's lines above 0.1, faint, and those above 0.5, strong."""
    step = size / max(table.shape)
    paths = []
    for low, high, opacity in ((0.1, 0.5, 0.35), (0.5, 1.1, 0.9)):
        kept = ((table >= low) & (table < high)).nonzero().tolist()
        lines = (
            f"M{x:.0f} {y + step * (i + 0.5):.1f}L{x + size:.0f} "
            f"{y + step * (j + 0.5):.1f}"
            for i, j in kept
        )
        paths.append(
            f'<path d="{"".join(lines)}" stroke="{LINE}" opacity="{opacity}"/>'
        )
    return "".join(paths)


def _points(header: dict[str, Any], points: Tensor) -> str:
    """Draw the points of the step that the view opens on, some with their names."""
    step, groups = header.get("open", {}).get("step", 0), header["groups"]
    places = [
        (20 + x / 250 * (WIDE - 80), HIGH - 20 - y / 250 * (HIGH - 40))
        for x, y in points[step].tolist()
    ]
    parts = [
        f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{COLOURS.get(group, QUIET)}"/>'
        for (x, y), group in zip(places, groups, strict=True)
    ]
    named: list[tuple[float, float]] = []
    wanted = [i for name in COLOURS for i, group in enumerate(groups) if group == name]
    for i in wanted:
        if not any(_meet(places[i], other) for other in named):
            named.append(places[i])
            x, y = places[i]
            parts.append(_text(x + 7, y + 4, header["tokens"][i], "start", 11))
    return _svg(HIGH, parts)


def _meet(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether two names would lie on each other."""
    return abs(one[0] - other[0]) < 70 and abs(one[1] - other[1]) < 13


def _text(x: float, y: float, words: str, anchor: str, size: int = 14) -> str:
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="currentColor">{escape(words)}</text>'
    )


def _svg(high: float, parts: list[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDE} {high:.0f}" aria-hidden="true" '
        f'style="display: block; max-width: 36rem">{"".join(parts)}</svg>'
    )
