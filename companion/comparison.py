"""Compare with the library: for each named intermediate the largest difference.

`library_trace` runs the library's model and keeps what its own modules compute, under
the names of `companion.encoder.Trace`; `compare` sets the two side by side, in the
table that the chapters print.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from transformers import BertModel
from transformers.models.bert import modeling_bert

TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-12}


class Row(NamedTuple):
    """One intermediate; `difference` is relative to max(1, the largest magnitude)."""

    name: str
    shape: tuple[int, ...]
    difference: float
    tolerance: float


@dataclass(frozen=True)
class Comparison:
    """A row for each intermediate; prints as a table, the same on every machine."""

    rows: tuple[Row, ...]

    @property
    def equal(self) -> bool:
        """Tell whether every difference is below its tolerance."""
        return all(row.difference < row.tolerance for row in self.rows)

    def __str__(self) -> str:
        """Write a line per row: name, shape, and the difference or how small it is."""
        width = max(len(row.name) for row in self.rows)
        shapes = [str(row.shape) for row in self.rows]
        room = max(map(len, shapes))
        lines = [f"{'':{width}}  {'shape':{room}}  largest difference"]
        for row, shape in zip(self.rows, shapes, strict=True):
            small = row.difference < row.tolerance
            result = "below 1e-5" if small else f"{row.difference:.1e}, too large"
            lines.append(f"{row.name:{width}}  {shape:{room}}  {result}")
        return "\n".join(lines)


def compare(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> Comparison:
    """Compare each tensor of `ours` with the one of the same name in `theirs`.

    The difference is relative to max(1, the largest magnitude of theirs), and has to be
    below 1e-5 in float32, 1e-12 in float64.

    Raises:
        ValueError: if `ours` is empty, a name is missing in `theirs`, or a shape or a
            dtype differs.
    """
    if not ours:
        raise ValueError("ours must hold at least one tensor, not none")
    if missing := [name for name in ours if name not in theirs]:
        raise ValueError(f"theirs lacks {', '.join(missing)}")
    return Comparison(
        tuple(_row(name, tensor, theirs[name]) for name, tensor in ours.items())
    )


def _row(name: str, ours: Tensor, theirs: Tensor) -> Row:
    for what in ("shape", "dtype"):
        if getattr(ours, what) != getattr(theirs, what):
            raise ValueError(
                f"{name}: ours has the {what} {getattr(ours, what)}, "
                f"theirs {getattr(theirs, what)}"
            )
    if ours.dtype not in TOLERANCES:
        raise ValueError(f"{name} must be float32 or float64, not {ours.dtype}")
    scale = max(1.0, float(theirs.abs().max()))
    difference = float((ours - theirs).abs().max()) / scale
    return Row(name, tuple(ours.shape), difference, TOLERANCES[ours.dtype])


@torch.inference_mode()
def library_trace(bert: BertModel, **inputs: Tensor) -> dict[str, Tensor]:
    """Keep what the library's own modules compute for `inputs`, named as in a Trace.

    Module outputs come from forward hooks; queries, keys, values, scores, weights and
    context from a watcher around the library's eager attention function. Another
    attention implementation, such as `sdpa`, does not call it, and these are missing.

    Args:
        bert: `model.bert`.
        inputs: what `bert` is called with: `input_ids`, and so on.
    """
    seen: dict[str, Tensor] = {}
    with contextlib.ExitStack() as stack:
        for name, module in _watched(bert):
            hook = module.register_forward_hook(_noting(seen, name))
            stack.callback(hook.remove)
        before = bert.embeddings.LayerNorm.register_forward_pre_hook(
            lambda _, arguments: seen.update({"embeddings.total": arguments[0]})
        )
        stack.callback(before.remove)
        stack.enter_context(_watched_attention(seen))
        bert(**inputs)
    return {name: tensor.clone() for name, tensor in seen.items()}


def _watched(bert: BertModel) -> Iterator[tuple[str, nn.Module]]:
    """Name the modules whose outputs a Trace has."""
    yield "embeddings.words", bert.embeddings.word_embeddings
    yield "embeddings.token_types", bert.embeddings.token_type_embeddings
    yield "embeddings.positions", bert.embeddings.position_embeddings
    yield "embeddings.output", bert.embeddings
    for i, layer in enumerate(bert.encoder.layer):
        yield f"layer.{i}.attended", layer.attention.output
        yield f"layer.{i}.inner", layer.intermediate
        yield f"layer.{i}.output", layer


def _noting(seen: dict[str, Tensor], name: str) -> Callable[..., None]:
    """Make a forward hook that notes a module's output under `name`."""

    def hook(module: nn.Module, arguments: tuple, output: Tensor) -> None:
        seen[name] = output

    return hook


@contextlib.contextmanager
def _watched_attention(seen: dict[str, Tensor]) -> Iterator[None]:
    """Put a watcher in the place of the library's `eager_attention_forward` meanwhile.

    Why not `AttentionInterface.register`: it needs a mask function of the same name,
    means changing the model's own configuration, and sees no scores either.
    """
    original = modeling_bert.eager_attention_forward
    modeling_bert.eager_attention_forward = partial(_attend_and_note, seen, original)
    try:
        yield
    finally:
        modeling_bert.eager_attention_forward = original


def _attend_and_note(
    seen: dict[str, Tensor],
    original: Callable[..., tuple[Tensor, Tensor]],
    module: nn.Module,
    *arguments: Tensor | None,
    **settings: Any,
) -> tuple[Tensor, Tensor]:
    """Call the library's function, and note what goes in, comes out, and is between."""
    *vectors, mask = arguments  # queries, keys and values: (B, A, T, D) each
    with _SoftmaxInput() as softmax:
        original(module, *vectors, None, **settings)  # without the mask
    context, weights = original(module, *vectors, mask, **settings)
    found = [*vectors, softmax.scores, weights]
    found.append(context.flatten(-2))  # (B, T, A, D) -> (B, T, H)
    names = "queries", "keys", "values", "scores", "weights", "context"
    for name, tensor in zip(names, found, strict=True):
        seen[f"layer.{module.layer_idx}.{name}"] = tensor
    return context, weights


class _SoftmaxInput(TorchFunctionMode):
    """While it is entered, keep what is handed to the softmax: the scores."""

    scores: Tensor

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Iterable[type],
        arguments: tuple = (),
        named: dict[str, Any] | None = None,
    ) -> Any:
        if function is F.softmax:
            self.scores = arguments[0]
        return function(*arguments, **(named or {}))
