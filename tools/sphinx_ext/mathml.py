"""Sphinx extension: set formulas as MathML at build time.

A browser draws MathML by itself, so a page with formulas needs no script and no font
from anywhere. `html_math_renderer = "mathml"` switches it on.
"""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)


def _mathml(node: nodes.math | nodes.math_block, display: str) -> str:
    formula = convert(node.astext(), display=display)
    if "\\" in formula:  # the converter lets what it does not know through, as text
        logger.warning("not known to latex2mathml: %s", node.astext(), location=node)
    return formula


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node, "inline"))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    formula = _mathml(node, "block")  # it scrolls, and its number stays where it is
    translator.body.append(f'<div class="formula" tabindex="0">{formula}</div>')
    if node["number"]:
        translator.body.append(f'<span class="eqno">({node["number"]})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer under the name "mathml"."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
