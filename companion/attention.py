"""Attention: each token looks at all tokens and takes what it needs.

    bert.encoder.layer[i].attention.self      queries, keys, values, weights
    bert.encoder.layer[i].attention.output    Linear, residual, LayerNorm

Each function takes the library's own module and reads its parameters; none calls it.
Vaswani and others, *Attention Is All You Need*, NeurIPS 2017, section 3.2.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.models.bert.modeling_bert import (
    BertAttention,
    BertOutput,
    BertSelfAttention,
    BertSelfOutput,
)

from companion.checks import check_ids, check_module, check_vectors
from companion.embeddings import layer_norm


def attend(
    attention: BertAttention, hidden: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Run the attention half of a layer: heads, output projection, residual, LayerNorm.

    Args:
        attention: `layer.attention`.
        hidden: (B, T, H), a vector for each token.
        mask: (B, 1, 1, T), from `additive_mask`; without it every token is read.
    Returns:
        The new vectors, (B, T, H), and the weights of each head, (B, A, T, T).
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("attention", attention, BertAttention)
    context, weights = self_attention(attention.self, hidden, mask)  # (B, T, H), ...
    return add_and_norm(attention.output, context, hidden), weights


def self_attention(
    module: BertSelfAttention, hidden: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Let each token gather from all tokens, and keep the weights it does so with.

    Args:
        module: `layer.attention.self`.
        hidden: (B, T, H).
        mask: (B, 1, 1, T), from `additive_mask`; without it every token is read.
    Returns:
        The heads' results side by side, (B, T, H), and the weights, (B, A, T, T): in
        row `i` of a head, how much token `i` takes from each token.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    queries, keys, values = project(module, hidden)  # (B, T, H) -> (B, A, T, D) each
    weights = attention_weights(attention_scores(queries, keys), mask)  # (B, A, T, T)
    gathered = weights @ values  # (B, A, T, T) @ (B, A, T, D) -> (B, A, T, D)
    return merge_heads(gathered), weights  # (B, A, T, D) -> (B, T, H)


def project(module: BertSelfAttention, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Make queries, keys and values for all heads: (B, T, H) -> 3 times (B, A, T, D).

    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("self-attention", module, BertSelfAttention)
    check_vectors("hidden", hidden, module.query.in_features)
    heads = module.num_attention_heads
    linears = module.query, module.key, module.value
    parts = (linear(each, hidden) for each in linears)  # (B, T, H) each
    queries, keys, values = (split_heads(p, heads) for p in parts)  # (B, A, T, D) each
    return queries, keys, values


def linear(module: nn.Linear, vectors: Tensor) -> Tensor:
    """Compute x W^T + b: (..., in) -> (..., out)."""
    return F.linear(vectors, module.weight, module.bias)  # (..., in) -> (..., out)


def split_heads(vectors: Tensor, heads: int) -> Tensor:
    """Cut each vector into `heads` pieces: (B, T, H) -> (B, A, T, D)."""
    pieces = vectors.unflatten(-1, (heads, -1))  # (B, T, H) -> (B, T, A, D)
    return pieces.transpose(1, 2)  # (B, T, A, D) -> (B, A, T, D)


def merge_heads(pieces: Tensor) -> Tensor:
    """Put the heads' pieces side by side again: (B, A, T, D) -> (B, T, H)."""
    together = pieces.transpose(1, 2)  # (B, A, T, D) -> (B, T, A, D)
    return together.flatten(-2)  # (B, T, A, D) -> (B, T, H)


def attention_scores(queries: Tensor, keys: Tensor) -> Tensor:
    """Score how well each query fits each key: two (B, A, T, D) -> (B, A, T, T).

    A dot product over the square root of D. Without that scale long vectors would
    have large scores, and the softmax would give nearly everything to one token.
    """
    products = queries @ keys.transpose(-1, -2)  # (.., T, D) @ (.., D, T) -> (.., T, T)
    return products / math.sqrt(queries.shape[-1])


def additive_mask(attention_mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Make the mask to add to the scores: 0 to read, the lowest number for padding.

    The softmax then gives padding a weight of 0 in each token's row.

    Args:
        attention_mask: (B, T), 1 to read, 0 for padding.
        dtype: that of the scores.
    Returns:
        (B, 1, 1, T), to be added to scores of shape (B, A, T, T).
    Raises:
        TypeError, ValueError: if it is not (B, T), or holds other numbers.
    """
    check_ids("attention_mask", attention_mask, below=2)
    padding = attention_mask[:, None, None, :] == 0  # (B, T) -> (B, 1, 1, T)
    return padding.to(dtype) * torch.finfo(dtype).min


def attention_weights(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """Turn each row of scores into weights that sum to 1, by the softmax.

    e^score over the sum of e^score in its row. Torch takes the row's maximum off all
    scores first: it cancels out, and keeps e^score from growing out of range.

    Args:
        scores: (B, A, T, T).
        mask: (B, 1, 1, T), from `additive_mask`, added to each row; or (B, 1, T, T),
            with a row for each token that looks.
    Returns:
        (B, A, T, T).
    Raises:
        ValueError: if the mask is for another number of texts or tokens.
    """
    if mask is not None:
        _check_mask(mask, scores)
        scores = scores + mask  # (B, A, T, T) + (B, 1, 1, T) -> (B, A, T, T)
    return F.softmax(scores, dim=-1)


def add_and_norm(
    module: BertSelfOutput | BertOutput, update: Tensor, residual: Tensor
) -> Tensor:
    """Apply a Linear, add the residual, then LayerNorm: BERT norms after the sum.

    Both halves of a layer end so: `layer.attention.output` and `layer.output`.

    Args:
        update: (B, T, H) after attention, (B, T, I) after feed-forward.
        residual: (B, T, H), what went into this half of the layer.
    Returns:
        (B, T, H).
    """
    summed = linear(module.dense, update) + residual  # (B, T, H or I) -> (B, T, H)
    return layer_norm(module.LayerNorm, summed)


def _check_mask(mask: Tensor, scores: Tensor) -> None:
    texts, tokens = scores.shape[0], scores.shape[-1]
    wanted = [(texts, 1, rows, tokens) for rows in (1, tokens)]
    if tuple(mask.shape) not in wanted:
        raise ValueError(
            f"mask must have the shape {wanted[0]} or {wanted[1]}, not "
            f"{tuple(mask.shape)}; `additive_mask` makes the first from the attention "
            "mask"
        )
