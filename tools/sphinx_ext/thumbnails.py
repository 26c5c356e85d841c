"""Small drawings of what each chapter is about, for the cards of the front page.

Each is the inside of an SVG, 96 wide and 60 high. Its colours are classes of
`front-page.css`, so that it follows the page into the dark: `t0` is a pale ground, `t1`
blue, `t2` orange; `line` is drawn and not filled.
"""

from collections.abc import Callable, Sequence

Bars = Sequence[tuple[float, float, float, float]]  # x, y, width, height


def _rects(bars: Bars, look: str, opacity: float = 1) -> str:
    """Return rounded rectangles of one look."""
    pale = f' opacity="{opacity:.2f}"' if opacity < 1 else ""
    return "".join(
        f'<rect class="{look}" x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" '
        f'rx="2"{pale} />'
        for x, y, w, h in bars
    )


def _path(d: str, width: float = 1.5, look: str = "line t1") -> str:
    return f'<path class="{look}" d="{d}" stroke-width="{width:g}" />'


def _tree() -> str:
    steps = [0, 1, 2, 2, 1, 0]
    bars = [(14 + 14 * step, 6 + 8.5 * i, 40, 5) for i, step in enumerate(steps)]
    branches = "M9 8.5V51M9 8.5h4M9 51h4M9 17h18M9 42.5h18M32 25.5h8M32 34h8M32 19v15"
    return _path(branches, 1) + _rects(bars[:-1], "t1") + _rects(bars[-1:], "t2")


def _pieces() -> str:
    words = _rects([(6, 8, 22, 12), (34, 8, 12, 12), (66, 8, 24, 12)], "t1")
    cut = _rects([(48, 8, 16, 12)], "t2")  # the second piece of a word
    ids = [(x, 38, w, 14) for x, w in [(6, 22), (34, 12), (48, 16), (66, 24)]]
    ways = "".join(f"M{x + w / 2:g} 22v13" for x, _, w, _ in ids)
    return words + cut + _path(ways, 1) + _rects(ids, "t0")


def _sum_of_rows() -> str:
    shades = [3, 7, 2, 9, 5, 8, 4, 6]
    rows = ""
    for row, look in enumerate(["t1", "t2", "t0", "t1"]):
        y = 5 + 13 * row + (4 if row == 3 else 0)
        for i in range(8):
            shade = shades[(3 * i + 5 * row) % 8] / 9
            rows += _rects([(10 + 9.6 * i, y, 8, 8)], look, 0.25 + 0.75 * shade)
    return rows + _path("M10 43.5h76", 1)


def _who_reads_whom() -> str:
    lines = [(0, 2, 5), (1, 2, 1.5), (2, 0, 1), (3, 4, 3.5), (4, 4, 1.5), (2, 3, 2.5)]
    ways = "".join(
        _path(f"M26 {8 + 11 * a}C48 {8 + 11 * a} 48 {8 + 11 * b} 70 {8 + 11 * b}", w)
        for a, b, w in lines
    )
    left = [(8.0, 5 + 11.0 * i, 16.0, 6.0) for i in range(5)]
    right = [(72, y, w, h) for _, y, w, h in left]
    return ways + _rects(left, "t1") + _rects(right, "t2")


def _stack() -> str:
    layers = [(36.0, 4 + 9.0 * i, 46.0, 6.5) for i in range(6)]
    turns = "".join(f"M16 {5 + 9 * i}h20M36 {9 + 9 * i}h-20" for i in range(6))
    stream = _path("M16 58V2", 4, "line t2")
    return stream + _path(turns, 1) + _rects(layers, "t1")


def _start_and_end() -> str:
    starts, ends = [4, 6, 40, 5, 3, 4, 3], [3, 4, 6, 8, 36, 5, 3]
    xs = [8 + 12 * i for i in range(7)]
    one = [(x, 50.0 - h, 4.0, h) for x, h in zip(xs, starts, strict=True)]
    two = [(x + 5, 50.0 - h, 4.0, h) for x, h in zip(xs, ends, strict=True)]
    span = _path("M32 55h32", 3, "line t2")
    return _rects(one, "t1") + _rects(two, "t2") + span


def _windows() -> str:
    lines = [(8.0, 8 + 9.0 * i, [80, 74, 78, 70, 80, 42][i], 3.0) for i in range(6)]
    frames = "M4 4h88v24H4zM4 21h88v24H4zM4 38h88v20H4z"
    return _rects(lines, "t0") + _path(frames) + _rects([(46, 26, 24, 3)], "t2")


def _hidden_word() -> str:
    words = _rects([(6, 8, 24, 11), (62, 8, 14, 11), (79, 8, 11, 11)], "t1")
    gap = _path("M34 8h24v11H34z", 1.5, "line t2")
    guesses = [(34, 28, 44, 6), (34, 38, 20, 6), (34, 48, 8, 6)]
    return words + gap + _rects(guesses[:1], "t2") + _rects(guesses[1:], "t0")


def _falling_loss() -> str:
    axes = _path("M10 4v48h80", 1)
    curve = _path("M12 8C20 38 30 36 40 40S60 46 88 47", 2.5, "line t2")
    return axes + curve


def _grid_of_heads() -> str:
    cells = ""
    for layer in range(6):
        for head in range(12):
            strength = ((5 * layer + 7 * head + layer * head) % 11) / 10
            is_chosen = (layer, head) == (4, 7)
            look, shade = ("t2", 1) if is_chosen else ("t1", 0.12 + 0.8 * strength**2)
            cells += _rects([(6 + 7 * head, 6 + 8.2 * layer, 6, 7)], look, shade)
    return cells


DRAWINGS: dict[str, Callable[[], str]] = {
    "01_architecture": _tree,
    "02_tokens": _pieces,
    "03_embeddings": _sum_of_rows,
    "04_attention": _who_reads_whom,
    "05_encoder": _stack,
    "06_qa_head": _start_and_end,
    "07_qa_pipeline": _windows,
    "08_pretraining": _hidden_word,
    "09_fine_tuning": _falling_loss,
    "10_heads": _grid_of_heads,
}


def thumbnail(chapter: str) -> str:
    """Return the drawing of the chapter whose file is called so, as an SVG element.

    Raises:
        KeyError: if it has none.
    """
    return (
        '<svg class="thumbnail" viewBox="0 0 96 60" aria-hidden="true">'
        f"{DRAWINGS[chapter]()}</svg>"
    )
