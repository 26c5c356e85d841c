"""A map of a text's tokens at every layer, in two dimensions, to be drawn.

The map is a *principal component analysis*: of all directions in the H-dimensional
space, the two along which the vectors are spread most. Chapter 5.
"""

import torch
from torch import Tensor

from companion.encoder import Trace


def stream(trace: Trace) -> Tensor:
    """Stack the residual stream of one text: (L + 1, T, H), the embeddings first.

    Raises:
        ValueError: if the trace is of more than one text.
    """
    texts = len(trace.embeddings.output)
    if texts != 1:
        raise ValueError(f"trace must be of one text, not of {texts}")
    states = [trace.embeddings.output, *(layer.output for layer in trace.layers)]
    return torch.cat(states)  # L + 1 times (1, T, H) -> (L + 1, T, H)


def project_layers(trace: Trace) -> Tensor:
    """Place the tokens on one map for all layers: (L + 1, T, 2), in float64.

    Each layer's mean is taken off first, so the map shows how the tokens lie relative
    to each other; all layers share two axes, so their places can be compared. The sign
    of an axis is set so that the largest number on it is positive: the same trace
    gives the same map on every machine.

    Raises:
        ValueError: if the trace is of more than one text, or of fewer than two tokens.
    """
    return _signed(_on_widest(_centred(trace)))


def project_each(trace: Trace) -> Tensor:
    """Place the tokens on a map of its own at each step: (L + 1, T, 2), in float64.

    As `project_layers`, but the two axes are those of widest spread at this one step:
    no other map of two axes shows more of it, and no two steps share their axes.

    Raises:
        ValueError: as `project_layers`.
    """
    return torch.stack([_signed(_on_widest(x[None]))[0] for x in _centred(trace)])


def spread_shown(trace: Trace, points: Tensor) -> Tensor:
    """Compute the share of each step's spread that a map shows: (L + 1,), 0 to 1.

    The spread is the mean squared distance of the tokens from their mean.

    Args:
        trace: of one text.
        points: (L + 1, T, 2), from `project_layers` or `project_each`.
    """
    whole = _centred(trace).pow(2).sum(dim=(1, 2))  # (L + 1, T, H) -> (L + 1,)
    return points.pow(2).sum(dim=(1, 2)) / whole  # (L + 1, T, 2) -> (L + 1,)


def spread_along(trace: Trace, directions: Tensor) -> Tensor:
    """Compute the share of each step's spread that lies along directions: (L + 1,).

    Args:
        trace: of one text.
        directions: (N, H), such as the two rows of the QA head; their lengths, and the
            angles between them, do not count.
    """
    centred = _centred(trace)
    axes = torch.linalg.qr(directions.detach().to(centred).T).Q  # (H, N), orthonormal
    return (centred @ axes).pow(2).sum(dim=(1, 2)) / centred.pow(2).sum(dim=(1, 2))


def _centred(trace: Trace) -> Tensor:
    """Take each layer's mean off the stream, (L + 1, T, H), in float64."""
    states = stream(trace).double()
    if states.shape[1] < 2 or states.shape[2] < 2:
        raise ValueError(
            "trace must have at least 2 tokens and 2 dimensions for a map, not "
            f"{states.shape[1]} and {states.shape[2]}"
        )
    return states - states.mean(dim=1, keepdim=True)


def _on_widest(centred: Tensor) -> Tensor:
    """Take two coordinates along the directions of widest spread.

    (S, T, H) -> (S, T, 2); the two directions are orthogonal and of length 1.
    """
    rows = centred.flatten(0, 1)  # (S, T, H) -> (S * T, H)
    axes = torch.linalg.svd(rows, full_matrices=False).Vh[:2]  # (2, H)
    return centred @ axes.T  # (S, T, H) @ (H, 2) -> (S, T, 2)


def _signed(points: Tensor) -> Tensor:
    """Turn each axis so that the number on it that is farthest from 0 is positive."""
    rows = points.flatten(0, 1)  # (S, T, 2) -> (S * T, 2)
    farthest = rows.abs().argmax(dim=0, keepdim=True)  # (1, 2)
    signs = torch.where(rows.gather(0, farthest)[0] < 0, -1.0, 1.0)  # (2,)
    return points * signs.to(points.dtype)
