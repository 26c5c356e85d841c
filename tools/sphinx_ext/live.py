"""Sphinx extension: the model in the page.

The directive `live` puts a panel where it stands: its argument is what the panel shows,
its text says what to try, and a stored example, computed when the book is built, shows
before the reader asks for the model, on paper, and without scripts.

    :::{live} spans
    :question: Who was her brother?
    Move the name to the end of the text. ...
    :::
"""

import functools
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, ClassVar, cast

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.application import Sphinx
from torch import Tensor
from transformers import BertForMaskedLM, BertTokenizer

import companion
from companion import running
from companion.live import scripts, weights
from companion.pretraining import guesses
from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.answers import Answer

FOLDER, SCRIPT, STYLE = "live", "live/page.js", "live/live.css"
KINDS = (
    "answer",
    "pieces",
    "embeddings",
    "heads",
    "layers",
    "spans",
    "windows",
    "guess",
    "proof",
)
CHOICES = ("layer", "head", "token")  # what a panel with heads opens on
GUESSES = 3


@functools.cache
def answerer() -> QuestionAnswerer:
    """The model as the page has it, with its weights rounded."""
    tokenizer, model = companion.load(str(companion.loading.EMBEDDED))
    return QuestionAnswerer(tokenizer, weights.rounded_copy(model))


def example(question: str, text: str) -> str:
    """A question and the text with its answer marked, as HTML."""
    answer = cast("Answer", answerer()(question, text))
    start, end = answer["start"], answer["end"]
    marked = f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>"
    return (
        f'<div class="live-example"><p>“{escape(question)}” '
        f"<strong>{escape(answer['answer'])}</strong>, score {answer['score']:.3f}</p>"
        f'<blockquote class="live-text">{marked}{escape(text[end:])}</blockquote></div>'
    )


@functools.cache
def guesser() -> tuple[BertTokenizer, BertForMaskedLM]:
    """The book's own model that guesses hidden words."""
    return companion.load_masked(str(companion.loading.EMBEDDED))


def guessed(text: str, hide: str) -> str:
    """A text with pieces hidden, and what is guessed for them, as HTML.

    Args:
        hide: the places of the hidden pieces, with spaces between; [CLS] has place 0.
    """
    tokenizer, model = guesser()
    [spans] = tokenizer([text], return_offsets_mapping=True)["offset_mapping"]
    marked, plain, at = "", "", 0
    for start, end in (spans[place] for place in sorted(map(int, hide.split()))):
        marked += f"{escape(text[at:start])}<mark>{tokenizer.mask_token}</mark>"
        plain += text[at:start] + tokenizer.mask_token
        at = end
    rows = guesses(tokenizer, model, plain + text[at:], count=GUESSES)
    best = "; ".join(
        ", ".join(f"<strong>{escape(piece)}</strong> {p:.3f}" for piece, p in row)
        for row in rows
    )
    return (
        f'<div class="live-example"><p>Guesses: {best}</p>'
        f'<blockquote class="live-text">{marked}{escape(text[at:])}</blockquote></div>'
    )


class Live(Directive):
    """A panel: its kind, a question and a text to begin with, and what to try."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {
        "question": directives.unchanged,
        "text": directives.unchanged,
        "hide": directives.unchanged_required,
        **dict.fromkeys(CHOICES, directives.nonnegative_int),
    }

    def run(self) -> list[nodes.Node]:
        """What to try, and the panel with its example."""
        [kind] = self.arguments
        if kind not in KINDS:
            raise self.error(f"live must be one of {', '.join(KINDS)}, not {kind}")
        question = self.options.get("question", running.QUESTION)
        text = self.options.get("text", running.CONTEXT)
        text = running.PARAGRAPH if text == "paragraph" else text
        said = nodes.container(classes=["live-say"])
        self.state.nested_parse(self.content, self.content_offset, said)
        chosen = "".join(
            f' data-{name}="{self.options[name]}"'
            for name in (*CHOICES, "hide")
            if name in self.options
        )
        begin = (
            f'<div class="live" data-shows="{kind}" data-question="{escape(question)}" '
            f'data-text="{escape(text)}"{chosen}>'
        )
        hide = self.options.get("hide")
        shown = guessed(text, hide) if hide else example(question, text)
        return [
            nodes.raw("", begin, format="html"),
            said,
            nodes.raw("", shown + "</div>", format="html"),
        ]


def write(app: Sphinx) -> None:
    """Write the scripts and the blocks of weights among the built book's own files."""
    folder = _write_style(app)
    tokenizer, model = companion.load(str(companion.loading.EMBEDDED))
    packed = {"tokenizer": weights.packed_block({}, weights.settings(tokenizer))}
    sizes = weights.sizes(model.config, weights.WORDS_IN_A_BLOCK)
    packed |= _packed(weights.blocks(model), sizes)
    sizes = weights.sizes(guesser()[1].config, weights.WORDS_AT_ONCE)
    packed |= _packed(weights.guesser_blocks(), sizes, "guesser.")
    packed["proof"] = _proof()
    for name, text in packed.items():
        (folder / f"{name}.js").write_text(scripts.block(name, text), "ascii")
    later = ("words.", "proof")  # what is needed before the first answer is the rest
    first = {n: len(text) for n, text in packed.items() if not n.startswith(later)}
    (folder / "page.js").write_text(scripts.page(first), "utf-8", newline="\n")


def _write_style(app: Sphinx) -> Path:
    """Write the style of the panels; return its folder."""
    folder = Path(app.outdir, "_static", FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "live.css").write_text(scripts.source("live.css"), "utf-8", newline="\n")
    return folder


def _write_what_is_used(app: Sphinx) -> None:
    """Write no weights for the book on paper, where no script runs."""
    on_paper = app.builder.name == "singlehtml"
    (_write_style if on_paper else write)(app)


def _proof() -> str:
    """What Python computes of the notes' question, for the page to compare with."""
    asked = {"question": running.QUESTION, "context": running.CONTEXT}
    model = answerer()
    tensors = weights.stored_walk(model.tokenizer, model.model, *asked.values())
    return weights.packed_block(tensors, asked)


def _packed(
    blocks: Iterator[tuple[str, dict[str, Tensor]]], sizes: dict[str, int], of: str = ""
) -> dict[str, str]:
    """Blocks as texts; the first, which is the model's, has its sizes."""
    return {
        of + name: weights.packed_block(part, sizes if name == "model" else None)
        for name, part in blocks
    }


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    if 'class="live"' in context.get("body", ""):
        app.add_js_file(SCRIPT, loading_method="defer")
        app.add_css_file(STYLE)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive; write the files before the pages, name them on those."""
    app.add_directive("live", Live)
    app.connect("builder-inited", _write_what_is_used)
    app.connect("html-page-context", _add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
