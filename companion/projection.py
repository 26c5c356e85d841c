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
    centred = _centred(trace)
    points = centred @ _axes(centred).T  # (L + 1, T, H) @ (H, 2) -> (L + 1, T, 2)
    return points * _signs(points)


def spread_shown(trace: Trace) -> Tensor:
    """Compute the share of each layer's spread that the map shows: (L + 1,), 0 to 1.

    The spread is the mean squared distance of the tokens from their mean.
    """
    whole = _centred(trace).pow(2).sum(dim=(1, 2))  # (L + 1, T, H) -> (L + 1,)
    shown = project_layers(trace).pow(2).sum(dim=(1, 2))  # (L + 1, T, 2) -> (L + 1,)
    return shown / whole


def _centred(trace: Trace) -> Tensor:
    """Take each layer's mean off the stream, (L + 1, T, H), in float64."""
    states = stream(trace).double()
    if states.shape[1] < 2 or states.shape[2] < 2:
        raise ValueError(
            "trace must have at least 2 tokens and 2 dimensions for a map, not "
            f"{states.shape[1]} and {states.shape[2]}"
        )
    return states - states.mean(dim=1, keepdim=True)


def _axes(centred: Tensor) -> Tensor:
    """Find the two directions of widest spread, (2, H), orthogonal, of length 1."""
    rows = centred.flatten(0, 1)  # (L + 1, T, H) -> ((L + 1) * T, H)
    return torch.linalg.svd(rows, full_matrices=False).Vh[:2]  # -> (2, H)


def _signs(points: Tensor) -> Tensor:
    """Take for each axis the sign of the number on it that is farthest from 0, (2,)."""
    rows = points.flatten(0, 1)  # (L + 1, T, 2) -> ((L + 1) * T, 2)
    farthest = rows.abs().argmax(dim=0, keepdim=True)  # (1, 2)
    return torch.where(rows.gather(0, farthest)[0] < 0, -1.0, 1.0).to(points.dtype)
