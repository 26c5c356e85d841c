"""Attention: each token looks at all tokens and takes what it needs.

    bert.encoder.layer[i].attention.self      queries, keys, values, weights
    bert.encoder.layer[i].attention.output    Linear, residual, LayerNorm

Each function takes the library's own module and reads its parameters; none calls it.
Vaswani and others, *Attention Is All You Need*, NeurIPS 2017, section 3.2. Chapter 4.
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
    """The attention half of a layer: heads, output projection, residual, LayerNorm.

    Args:
        attention: `layer.attention`.
        hidden: (B, T, H), a vector for each token.
        mask: (B, 1, 1, T), what `additive_mask` makes; without it all are read.
    Returns:
        The new vectors, (B, T, H), and the weights of each head, (B, A, T, T).
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("attention", attention, BertAttention)
    context, weights = self_attention(attention.self, hidden, mask)
    return add_and_norm(attention.output, context, hidden), weights


def self_attention(
    module: BertSelfAttention, hidden: Tensor, mask: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """What each token gathers from all, and with which weights.

    Args:
        module: `layer.attention.self`.
        hidden: (B, T, H).
        mask: (B, 1, 1, T), what `additive_mask` makes; without it all are read.
    Returns:
        The heads' results side by side, (B, T, H), and the weights, (B, A, T, T): in
        row `i` of a head, how much token `i` takes from each token.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    queries, keys, values = project(module, hidden)
    weights = attention_weights(attention_scores(queries, keys), mask)
    return merge_heads(weights @ values), weights


def project(module: BertSelfAttention, hidden: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Queries, keys and values of all heads: (B, T, H) -> three times (B, A, T, D).

    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("self-attention", module, BertSelfAttention)
    check_vectors("hidden", hidden, module.query.in_features)
    heads = module.num_attention_heads
    parts = (linear(m, hidden) for m in (module.query, module.key, module.value))
    queries, keys, values = (split_heads(part, heads) for part in parts)
    return queries, keys, values


def linear(module: nn.Linear, vectors: Tensor) -> Tensor:
    """A matrix product and a sum, x W^T + b: (..., in) -> (..., out)."""
    return F.linear(vectors, module.weight, module.bias)


def split_heads(vectors: Tensor, heads: int) -> Tensor:
    """Cut each vector into `heads` pieces: (B, T, H) -> (B, A, T, D)."""
    return vectors.unflatten(-1, (heads, -1)).transpose(1, 2)


def merge_heads(pieces: Tensor) -> Tensor:
    """Put the heads' pieces side by side again: (B, A, T, D) -> (B, T, H)."""
    return pieces.transpose(1, 2).flatten(-2)


def attention_scores(queries: Tensor, keys: Tensor) -> Tensor:
    """How well each query fits each key: two (B, A, T, D) -> (B, A, T, T).

    A dot product over the square root of D. Without that scale long vectors would
    have large scores, and the softmax would give nearly everything to one token.
    """
    return queries @ keys.transpose(-1, -2) / math.sqrt(queries.shape[-1])


def additive_mask(attention_mask: Tensor, dtype: torch.dtype) -> Tensor:
    """0 where a token is to be read, the lowest number where it is padding.

    Added to the scores, it leaves padding a weight of 0 in each token's row.

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
    """The softmax of each row of scores, (B, A, T, T) -> (B, A, T, T); rows sum to 1.

    Raises:
        ValueError: if the mask is for another number of texts or tokens.
    """
    if mask is not None:
        _check_mask(mask, scores)
        scores = scores + mask
    return F.softmax(scores, dim=-1)


def softmax_formula(scores: Tensor) -> Tensor:
    """The softmax over the last dimension by its formula, with the maximum taken off.

    It cancels out, and keeps e^score from growing out of range. Chapter 4.
    """
    powers = torch.exp(scores - scores.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)


def add_and_norm(
    module: BertSelfOutput | BertOutput, update: Tensor, residual: Tensor
) -> Tensor:
    """A Linear, the residual added, then LayerNorm: BERT has LayerNorm after the sum.

    Both halves of a layer end so: `layer.attention.output` and `layer.output`.

    Args:
        update: (B, T, H) after attention, (B, T, I) after feed-forward.
        residual: (B, T, H), what went into this half of the layer.
    Returns:
        (B, T, H).
    """
    return layer_norm(module.LayerNorm, linear(module.dense, update) + residual)


def _check_mask(mask: Tensor, scores: Tensor) -> None:
    wanted = scores.shape[0], 1, 1, scores.shape[-1]
    if tuple(mask.shape) != wanted:
        raise ValueError(
            f"mask must have the shape {wanted}, not {tuple(mask.shape)}; "
            "`additive_mask` makes it from the attention mask"
        )
