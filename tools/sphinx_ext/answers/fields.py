"""The field of an exercise, in the place of the notebook's cell with three dots."""

import re
from html import escape
from typing import TypeGuard

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from companion.exercises.verdicts import NOT_ANSWERED, Items, Key, Truth
from tools.sphinx_ext.answers.keys import key_of, sealed

logger = logging.getLogger(__name__)

ASKED = re.compile(r"^answer = \.\.\.\nexercises\.(check_\w+)\(answer\)$", re.MULTILINE)
FORM = """\
<div class="answer" data-check="{name}" data-key="{key}">
<form hidden>{inputs}
<p class="answer-verdict" role="status">{not_answered}</p>
</form>
<noscript><p>This page checks answers by a script, which does not run here. The
chapter's notebook checks them too, and a solution is below.</p></noscript>
</div>"""
TYPED = """
<label for="{id}">Your answer <small>({what})</small></label>
<span class="answer-line">
<input id="{id}" type="text" autocomplete="off" autocapitalize="off" spellcheck="false">
<button type="submit">Check</button>
</span>"""
CHOSEN = """
<span class="answer-line" role="group" aria-label="Your answer">
<button type="submit" value="True" aria-pressed="false">True</button>
<button type="submit" value="False" aria-pressed="false">False</button>
</span>"""


def field(name: str, key: Key) -> str:
    """Return the HTML of the field whose answer the check called `name` judges."""
    inputs = CHOSEN if isinstance(key, Truth) else TYPED
    return FORM.format(
        name=name,
        key=sealed(name, key),
        not_answered=NOT_ANSWERED,
        inputs=inputs.format(id=name.replace("_", "-"), what=_what(key)),
    )


def _what(key: Key) -> str:
    if isinstance(key, Items):
        return "a list, with commas between"
    return escape("a number, or a calculation such as 3/4")


def put_fields(app: Sphinx, document: nodes.document) -> None:
    """Exchange each cell that asks for an answer; keep what else the cell holds."""
    for cell in list(filter(_is_cell, document.findall())):
        block = next(cell.findall(nodes.literal_block), None)
        asked = ASKED.search(block.astext()) if block else None
        if block is None or asked is None or cell.parent is None:
            continue
        try:
            html = field(asked[1], key_of(asked[1]))
        except ValueError as error:
            logger.warning("%s", error, location=cell)
            continue
        place = cell.parent.index(cell)
        cell.parent.insert(place + 1, nodes.raw("", html, format="html"))
        _leave(cell, block, ASKED.sub("", block.astext()).strip())


def _leave(cell: nodes.Element, block: nodes.literal_block, code: str) -> None:
    """Leave the lines `code` of a cell, without an output; or nothing."""
    if not code:
        cell.parent.remove(cell)
        return
    block.replace_self(nodes.literal_block(code, code, **block.attributes))
    for output in list(cell.findall(_is_output)):
        output.parent.remove(output)


def _is_cell(node: nodes.Node) -> TypeGuard[nodes.container]:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _is_output(node: nodes.Node) -> bool:
    kind = node.get("nb_element") if isinstance(node, nodes.container) else ""
    return kind == "cell_code_output"
