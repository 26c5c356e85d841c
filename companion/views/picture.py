"""What each view shows: computed by the companion, checked, packed for the page."""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.tokens import Encoded
from companion.views.packing import pack_weights, quantise_vectors
from companion.views.page import View
from companion.views.reading import groups_of, traced

MOST_LINES = 400_000  # at once; a browser takes some seconds to draw so many
SHOWN = ("all", "question to context", "context to question")


def head_view(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
    *,
    layers: Iterable[int] | None = None,
    heads: Iterable[int] | None = None,
    show: str = "all",
) -> View:
    """One layer at a time, all its heads in colours: which token reads which.

    Args:
        tokenizer, model: what `companion.load` returns, or any BERT like it.
        question, context: the text to read.
        layers, heads: which to include, counted from 0; all without it.
        show: "all" the weights, with a choice in the page, or only those from
            "question to context" or from "context to question".
    Raises:
        TypeError: if the model is no BERT, or a text no string.
        ValueError: if a layer, a head or `show` is none there is, or if the view would
            have more tokens or lines than a page can draw.
    """
    picture = _Picture(tokenizer, model, question, context, layers, heads, show)
    picture.check_lines(picture.weights[0].numel(), "heads")
    return picture.view("head")


def model_view(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
    *,
    layers: Iterable[int] | None = None,
    heads: Iterable[int] | None = None,
    show: str = "all",
) -> View:
    """All layers and heads at once, small; one can be enlarged.

    Arguments and errors as `head_view`.
    """
    picture = _Picture(tokenizer, model, question, context, layers, heads, show)
    picture.check_lines(picture.weights.numel(), "layers, heads")
    return picture.view("model")


def neuron_view(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
    *,
    layers: Iterable[int] | None = None,
    heads: Iterable[int] | None = None,
    show: str = "all",
) -> View:
    """One head: a token's query, every key, their products, and the weights.

    Arguments and errors as `head_view`.
    """
    picture = _Picture(tokenizer, model, question, context, layers, heads, show)
    picture.check_lines(6 * picture.weights[0, 0].numel(), "show")
    return picture.view("neuron", vectors=True)


class _Picture:
    """A question and a context, read by the model: the part of it that a view shows."""

    def __init__(
        self,
        tokenizer: BertTokenizer,
        model: nn.Module,
        question: str,
        context: str,
        layers: Iterable[int] | None,
        heads: Iterable[int] | None,
        show: str,
    ) -> None:
        self.encoded, trace = traced(tokenizer, model, question, context)
        first = trace.layers[0].weights
        self.layers = _chosen("layers", layers, len(trace.layers))
        self.heads = _chosen("heads", heads, first.shape[1])
        self.parts = _parts(self.encoded, show)
        self.rows, self.columns = self.parts[0]["rows"], self.parts[0]["columns"]
        self.trace = trace
        self.weights = self._stack("weights", self.rows)[..., self.columns]

    def _stack(self, name: str, tokens: list[int]) -> Tensor:
        """The chosen layers, heads and tokens of one intermediate, (L, A, T, ...)."""
        tensors = [getattr(self.trace.layers[i], name)[0] for i in self.layers]
        return torch.stack(tensors).detach()[:, self.heads][:, :, tokens]

    def check_lines(self, lines: int, what: str) -> None:
        if lines > MOST_LINES:
            raise ValueError(
                f"this view would draw {lines:,} lines at once, and {MOST_LINES:,} is "
                f"what a browser bears: give fewer {what}, a shorter context, or "
                'show="question to context"'
            )

    def view(self, kind: str, vectors: bool = False) -> View:
        header: dict[str, Any] = {
            "kind": kind,
            "tokens": self.encoded.tokens,
            "layers": self.layers,
            "heads": self.heads,
            "rows": self.rows,
            "columns": self.columns,
            "parts": self.parts,
        }
        others = {}
        if vectors:
            pairs = {"queries": self.rows, "keys": self.columns}
            for name, tokens in pairs.items():
                stacked = self._stack(name, tokens)
                others[name], header[f"{name}_steps"] = quantise_vectors(stacked)
        words = (
            f"{len(self.heads)} heads of each of {len(self.layers)} layers "
            f"over {len(self.encoded.tokens)} tokens, {self.parts[0]['name']}"
        )
        tall = max(len(self.rows), len(self.columns))
        height = {"head": 23 * tall + 120, "neuron": 26 * tall + 190}.get(kind, 400)
        text = pack_weights(header, self.weights, others)
        return View(kind, text, words, height)


def _chosen(name: str, wanted: Iterable[int] | None, count: int) -> list[int]:
    """The numbers in `wanted`, or all below `count`."""
    numbers = list(range(count)) if wanted is None else list(wanted)
    if not numbers or not set(numbers) <= set(range(count)):
        raise ValueError(
            f"{name} must name one or more of 0 to {count - 1}, not {numbers}"
        )
    return sorted(set(numbers))


def _parts(encoded: Encoded, show: str) -> list[dict[str, Any]]:
    """The parts of the weights that a reader can choose: a name, rows, columns."""
    if show not in SHOWN:
        raise ValueError(f"show must be one of {', '.join(SHOWN)}, not {show!r}")
    groups = groups_of(encoded)
    asked = [i for i, group in enumerate(groups) if group == "question"]
    given = [i for i, group in enumerate(groups) if group == "context"]
    every = list(range(len(groups)))
    sides = zip(SHOWN, (every, asked, given), (every, given, asked), strict=True)
    parts = [{"name": name, "rows": a, "columns": b} for name, a, b in sides]
    return parts if show == "all" else [parts[SHOWN.index(show)]]
