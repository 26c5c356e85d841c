"""Refuse an argument by its name, with what came and what was wanted."""

import operator

import torch
from torch import Tensor, nn


def check_module(name: str, module: nn.Module, kind: type[nn.Module]) -> None:
    """Refuse a module of another class than `kind`, in training mode, or of a decoder.

    In training mode dropout is on, and equal inputs would not give equal results.

    Raises:
        TypeError: if it is another class, such as RoBERTa's.
        ValueError: if it is in training mode, or belongs to a decoder.
    """
    if not isinstance(module, kind):
        raise TypeError(
            f"{name} must be a {kind.__name__}, not a {type(module).__name__}"
        )
    if module.training:
        raise ValueError(
            f"{name} is in training mode, where dropout changes every result; "
            "wanted evaluation mode: call .eval() on the model"
        )
    if getattr(module, "is_decoder", False):
        raise ValueError(
            f"{name} belongs to a decoder (is_decoder=True), wanted an encoder"
        )


def check_integer(name: str, value: int, least: int = 1) -> int:
    """Return `value` as an int.

    Raises:
        TypeError: if it is not an integer.
        ValueError: if it is below `least`.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name} must be an integer, not {type(value).__name__}"
        ) from None
    if number < least:
        raise ValueError(f"{name} must be at least {least}, not {number}")
    return number


def check_ids(name: str, ids: Tensor, below: int, shape: tuple[int, ...] = ()) -> None:
    """Refuse `ids` unless they are (B, T) integers from 0, all less than `below`.

    Args:
        name: of the argument, for the message.
        ids: int32 or int64.
        below: the smallest integer that is too large.
        shape: the only one accepted, if given.
    Raises:
        TypeError: if `ids` is not a tensor of int32 or int64.
        ValueError: if its shape differs from `shape`, or an id is out of range.
    """
    if not isinstance(ids, Tensor):
        raise TypeError(f"{name} must be a tensor, not {type(ids).__name__}")
    if ids.dtype not in (torch.int32, torch.int64):
        raise TypeError(f"{name} must hold int32 or int64, not {ids.dtype}")
    if ids.ndim != 2 or not ids.numel():
        raise ValueError(
            f"{name} must have the shape (B, T), at least (1, 1), not {_shape(ids)}"
        )
    if shape and tuple(ids.shape) != shape:
        raise ValueError(f"{name} must have the shape {shape}, not {_shape(ids)}")
    outside = (ids < 0) | (ids >= below)
    if outside.any():
        row, place = outside.nonzero()[0].tolist()
        raise ValueError(
            f"{name}[{row}, {place}] is {int(ids[row, place])}, "
            f"wanted 0 to {below - 1:,}"
        )


def check_length(name: str, tokens: int, most: int) -> None:
    """Refuse a text with more tokens than the model has positions.

    Args:
        name: of the argument, for the message.
        tokens: in the text.
        most: positions of the model.
    Raises:
        ValueError: if `tokens` is more than `most`.
    """
    if tokens > most:
        raise ValueError(
            f"{name} has {tokens} tokens, and this model has positions for {most}"
        )


def check_vectors(name: str, vectors: Tensor, size: int) -> None:
    """Refuse `vectors` unless they are (B, T, `size`) floating-point numbers.

    Raises:
        TypeError: if it is not a tensor of floating-point numbers.
        ValueError: if its shape differs.
    """
    if not isinstance(vectors, Tensor) or not vectors.is_floating_point():
        came = getattr(vectors, "dtype", type(vectors).__name__)
        raise TypeError(
            f"{name} must be a tensor of floating-point numbers, not {came}"
        )
    if vectors.ndim != 3 or vectors.shape[-1] != size:
        raise ValueError(
            f"{name} must have the shape (B, T, {size}), not {_shape(vectors)}"
        )


def _shape(tensor: Tensor) -> tuple[int, ...]:
    return tuple(tensor.shape)
