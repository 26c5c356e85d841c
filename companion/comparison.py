"""Ours beside the library's: for each named intermediate the largest difference.

`library_trace` runs the library's model and writes down what its own modules compute,
under the names of `companion.encoder.Trace`; `compare` sets the two side by side, in
the table that the chapters print.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from unittest import mock

import torch
from torch import Tensor, nn
from transformers import BertModel
from transformers.models.bert import modeling_bert

TOLERANCES = {torch.float32: 1e-5, torch.float64: 1e-12}


class Row(NamedTuple):
    """One intermediate; `difference` is over max(1, the largest magnitude)."""

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
        """Whether every difference is below its tolerance."""
        return all(row.difference < row.tolerance for row in self.rows)

    def __str__(self) -> str:
        """A line for each row: name, shape, and the difference or how small it is."""
        width = max(len(row.name) for row in self.rows)
        shapes = [str(row.shape) for row in self.rows]
        room = max(map(len, shapes))
        lines = [f"{'':{width}}  {'shape':{room}}  largest difference"]
        for row, shape in zip(self.rows, shapes, strict=True):
            small = row.difference < row.tolerance
            told = "below 1e-5" if small else f"{row.difference:.1e}, too large"
            lines.append(f"{row.name:{width}}  {shape:{room}}  {told}")
        return "\n".join(lines)


def compare(ours: Mapping[str, Tensor], theirs: Mapping[str, Tensor]) -> Comparison:
    """Each tensor of `ours` against the one of the same name in `theirs`.

    The difference is taken over max(1, the largest magnitude of theirs), and has to be
    below 1e-5 in float32, 1e-12 in float64.

    Raises:
        ValueError: if `ours` is empty, or a name is missing in `theirs`, or a shape or
            a precision is another.
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
    """What the library's own modules compute for `inputs`, by the names of a Trace.

    Module outputs come through forward hooks; queries, keys, values, scores, weights
    and context by watching the library's eager attention function at work. With
    another attention implementation, such as `sdpa`, there is nothing to watch, and
    these are missing.

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
    """The modules whose outputs a Trace names."""
    yield "embeddings.words", bert.embeddings.word_embeddings
    yield "embeddings.token_types", bert.embeddings.token_type_embeddings
    yield "embeddings.positions", bert.embeddings.position_embeddings
    yield "embeddings.output", bert.embeddings
    for i, layer in enumerate(bert.encoder.layer):
        yield f"layer.{i}.attended", layer.attention.output
        yield f"layer.{i}.inner", layer.intermediate
        yield f"layer.{i}.output", layer


def _noting(seen: dict[str, Tensor], name: str) -> Callable[..., None]:
    def hook(module: nn.Module, arguments: tuple, output: Tensor) -> None:
        seen[name] = output

    return hook


@contextlib.contextmanager
def _watched_attention(seen: dict[str, Tensor]) -> Iterator[None]:
    """Put a watcher around the library's `eager_attention_forward`."""
    original = modeling_bert.eager_attention_forward

    def watcher(module, query, key, value, attention_mask, **settings):
        part = f"layer.{module.layer_idx}"
        names = zip(("queries", "keys", "values"), (query, key, value), strict=True)
        seen.update({f"{part}.{name}": tensor for name, tensor in names})
        with mock.patch.object(nn.functional, "softmax", wraps=torch.softmax) as spy:
            original(module, query, key, value, None, **settings)  # without the mask
        seen[f"{part}.scores"] = spy.call_args.args[0]
        context, weights = original(
            module, query, key, value, attention_mask, **settings
        )
        seen[f"{part}.weights"] = weights
        seen[f"{part}.context"] = context.flatten(-2)  # (B, T, A, D) -> (B, T, H)
        return context, weights

    with mock.patch.object(modeling_bert, "eager_attention_forward", watcher):
        yield
