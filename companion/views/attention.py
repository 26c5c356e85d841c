"""What the head view, the model view and the neuron view have in common."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import torch
from torch import Tensor, nn
from transformers import BertTokenizer

from companion.views.choices import (
    Numbers,
    number_from,
    numbers_from,
    parts_of,
    token_from,
)
from companion.views.packing import element_id, pack_weights, quantise_vectors
from companion.views.page import View
from companion.views.reading import groups_of, traced

MANY = 24  # words below one another; of a longer text a view shows those with weight
MOST_LINES = 400_000  # at once; a browser takes some seconds to draw as many
P = ParamSpec("P")


class Picture:
    """The attention of a model that reads a question and a context: the part shown."""

    def __init__(
        self,
        tokenizer: BertTokenizer,
        model: nn.Module,
        question: str,
        context: str,
        *,
        layers: Numbers | None = None,
        heads: Numbers | None = None,
        show: str = "all",
        layer: int | None = None,
        head: int | None = None,
        token: str | int | None = None,
    ) -> None:
        self.encoded, self.trace = traced(tokenizer, model, question, context)
        count = self.trace.layers[0].weights.shape[1]
        self.layers = numbers_from("layers", layers, len(self.trace.layers))
        self.heads = numbers_from("heads", heads, count)
        self.parts = parts_of(self.encoded, show)
        self.rows, self.columns = self.parts[0]["rows"], self.parts[0]["columns"]
        self.open = self._opened(layer, head, token)
        weights = self._stack("weights", self.rows)  # (L, A, rows, T)
        self.weights = weights[..., self.columns]  # -> (L, A, rows, columns)
        self.tall = max(len(self.rows), len(self.columns))  # tokens below one another

    def _opened(self, layer: Any, head: Any, token: Any) -> dict[str, int]:
        """Return what the page opens on: the state that a link to it would carry."""
        tokens = self.encoded.tokens
        place = number_from("token", token_from(token, tokens), self.rows)
        state = {
            "layer": number_from("layer", layer, self.layers),
            "head": number_from("head", head, self.heads),
            "token": place,
        }
        return {name: number for name, number in state.items() if number is not None}

    def _stack(self, name: str, tokens: list[int]) -> Tensor:
        """Stack the chosen layers, heads and tokens of an intermediate."""
        tensors = [getattr(self.trace.layers[i], name)[0] for i in self.layers]
        stacked = torch.stack(tensors).detach()  # L x (A, T, ...) -> (L, A, T, ...)
        return stacked[:, self.heads][:, :, tokens]

    def check_lines(self, lines: int, what: str) -> None:
        """Refuse more lines than a browser can draw; `what` could make them fewer."""
        if lines > MOST_LINES:
            raise ValueError(
                f"this view would draw {lines:,} lines at once, and a browser can take "
                f"{MOST_LINES:,}: give fewer {what}, a shorter context, or "
                'show="question to context"'
            )

    def vectors(self) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """Return the steps and the whole numbers of the queries and the keys."""
        steps, arrays = {}, {}
        for name, tokens in (("queries", self.rows), ("keys", self.columns)):
            stacked = self._stack(name, tokens)  # (L, A, T, D)
            arrays[name], steps[f"{name}_steps"] = quantise_vectors(stacked)
        return steps, arrays

    def header(self, kind: str) -> dict[str, Any]:
        """Return what the page must know besides the numbers."""
        return {
            "kind": kind,
            "tokens": self.encoded.tokens,
            "groups": groups_of(self.encoded),
            "open": self.open,
            "layers": self.layers,
            "heads": self.heads,
            "rows": self.rows,
            "columns": self.columns,
            "parts": self.parts,
        }

    def words(self) -> str:
        """Say what is shown, for a page without scripts."""
        layers, tokens = len(self.layers), len(self.encoded.tokens)
        of = "1 layer" if layers == 1 else f"each of {layers} layers"
        heads = "1 head" if len(self.heads) == 1 else f"{len(self.heads)} heads"
        return f"{heads} of {of} over {tokens} tokens, {self.parts[0]['name']}"

    def view(self, kind: str, height: int, *, vectors: bool = False) -> View:
        """Pack it as a view of this kind, about `height` pixels high."""
        steps, others = self.vectors() if vectors else ({}, {})
        header = {**self.header(kind), **steps}
        name = element_id(header, {"weights": self.weights, **others})
        packed = pack_weights(header, self.weights, others)
        return View(kind, name, packed, self.words(), height)


def with_arguments_of(
    make: Callable[P, Picture],
) -> Callable[[Callable[[Picture], View]], Callable[P, View]]:
    """Give a function of a picture the arguments that make the picture.

    So the views' arguments are written down once, and `help` shows them for each.
    """

    def decorate(draw: Callable[[Picture], View]) -> Callable[P, View]:
        @wraps(draw)
        def view(*args: P.args, **choice: P.kwargs) -> View:
            return draw(make(*args, **choice))

        arguments = signature(make).replace(return_annotation=View)
        view.__signature__ = arguments  # type: ignore[attr-defined]
        return view

    return decorate
