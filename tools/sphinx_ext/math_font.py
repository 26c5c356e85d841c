"""Sphinx extension: ship the font of the formulas with the pages that have one.

A browser sets MathML well only in a font with a table of mathematical measures, which
many computers lack: subscripts then stand on the line. STIX Two Math has one. The part
of it that school algebra needs is packed as WOFF2 when the book is built.
"""

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter, load_font, save_font
from sphinx.application import Sphinx

FAMILY = "STIX Two Math"
SOURCE = "ziamath/fonts/STIXTwoMath-Regular.ttf"  # in the package ziamath
FONT, STYLE = "stix-two-math.woff2", "math-font.css"
RULES = f"""\
@font-face {{
  font-family: "{FAMILY}";
  src: url("{FONT}") format("woff2");
}}
math {{ font-family: "{FAMILY}", math; font-size: 1.15em }}
div.math {{ margin-bottom: 1.15rem }}
"""
RANGES = (
    *((0x20, 0x7E), (0xA0, 0xFF), (0x391, 0x3F5)),  # Latin, signs, Greek
    *((0x2010, 0x2026), (0x2032, 0x2033), (0x2061, 0x2064)),  # dashes, primes, hidden
    *((0x2102, 0x2124), (0x2190, 0x21D4), (0x2200, 0x22EF)),  # arrows, operators
    *((0x2308, 0x230B), (0x27E8, 0x27E9)),  # brackets
    *((0x1D400, 0x1D467), (0x1D6A8, 0x1D71B)),  # bold and italic, Latin and Greek
)


def characters() -> list[int]:
    """Return the code points that formulas may have."""
    return [point for first, last in RANGES for point in range(first, last + 1)]


def write_font(path: Path) -> None:
    """Write what formulas need of the font to `path`, with its licence inside."""
    options = Options(
        flavor="woff2",
        hinting=False,
        layout_features=["ssty"],  # smaller letters for a script of a script
        name_IDs=["*"],  # with the licence among them
        notdef_outline=True,
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    source = distribution("ziamath").locate_file(SOURCE)
    with load_font(str(source), options) as font:
        subsetter.subset(font)
        save_font(font, str(path), options)


def _write(app: Sphinx) -> None:
    if app.builder.format != "html":
        return
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    write_font(folder / FONT)
    (folder / STYLE).write_text(RULES, encoding="utf-8", newline="\n")


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if "<math" in context.get("body", ""):
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the font before the pages, and name it on those with formulas."""
    app.connect("builder-inited", _write)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
