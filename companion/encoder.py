"""The encoder: a stack of equal layers, each attention and then feed-forward.

    bert.encoder.layer[i].intermediate    H -> I, GELU
    bert.encoder.layer[i].output          I -> H, residual, LayerNorm

Each function takes the library's own module and reads its parameters; none calls it.
`trace` keeps everything that a page draws. Devlin and others, *BERT*, 2019, section 3;
Vaswani and others, 2017, section 3.3.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import BertModel
from transformers.activations import ACT2CLS
from transformers.models.bert.modeling_bert import BertIntermediate, BertLayer

from companion.attention import (
    add_and_norm,
    additive_mask,
    attention_scores,
    attention_weights,
    linear,
    merge_heads,
    project,
)
from companion.checks import check_ids, check_module, check_vectors
from companion.embeddings import EmbeddingTerms, embed


class LayerTrace(NamedTuple):
    """What one layer computes, in order. Its input is the residual stream before it."""

    queries: Tensor  # (B, A, T, D)
    keys: Tensor  # (B, A, T, D)
    values: Tensor  # (B, A, T, D)
    scores: Tensor  # (B, A, T, T), before the mask
    weights: Tensor  # (B, A, T, T)
    context: Tensor  # (B, T, H), the heads' results side by side
    attended: Tensor  # (B, T, H), the residual stream after attention
    inner: Tensor  # (B, T, I), after GELU
    output: Tensor  # (B, T, H), the residual stream after feed-forward


class Trace(NamedTuple):
    """Every intermediate of one pass through a BertModel."""

    embeddings: EmbeddingTerms
    layers: list[LayerTrace]

    @property
    def last_hidden_state(self) -> Tensor:
        """(B, T, H), what leaves the last layer."""
        return self.layers[-1].output if self.layers else self.embeddings.output

    def named(self) -> dict[str, Tensor]:
        """All tensors by name: `embeddings.words`, `layer.0.queries`, and so on."""
        parts = [("embeddings", self.embeddings._asdict())]
        parts += [(f"layer.{i}", x._asdict()) for i, x in enumerate(self.layers)]
        return {
            f"{part}.{name}": tensor
            for part, tensors in parts
            for name, tensor in tensors.items()
        }


def trace(
    bert: BertModel,
    input_ids: Tensor,
    token_type_ids: Tensor | None = None,
    position_ids: Tensor | None = None,
    attention_mask: Tensor | None = None,
) -> Trace:
    """Walk through `bert`, and keep every intermediate.

    Args:
        bert: `model.bert`.
        input_ids, token_type_ids, position_ids: (B, T), as for `embed`.
        attention_mask: (B, T), 1 to read, 0 for padding; all 1 by default.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("bert", bert, BertModel)
    terms = embed(bert.embeddings, input_ids, token_type_ids, position_ids)  # (B, T, H)
    mask = _mask(attention_mask, terms.output)
    hidden, layers = terms.output, []
    for module in bert.encoder.layer:
        layers.append(trace_layer(module, hidden, mask))
        hidden = layers[-1].output
    return Trace(terms, layers)


def trace_layer(
    module: BertLayer, hidden: Tensor, mask: Tensor | None = None
) -> LayerTrace:
    """Walk through one layer: attention, then feed-forward; (B, T, H) -> (B, T, H).

    Args:
        module: `model.bert.encoder.layer[i]`.
        hidden: (B, T, H), the residual stream.
        mask: (B, 1, 1, T), from `additive_mask`, or (B, 1, T, T).
    Returns:
        Every intermediate; `.output` is the residual stream after the layer.
    Raises:
        TypeError, ValueError: as `companion.checks` and `activation` have them.
    """
    check_module("layer", module, BertLayer)
    queries, keys, values = project(module.attention.self, hidden)  # (B, A, T, D) each
    scores = attention_scores(queries, keys)  # 2 x (B, A, T, D) -> (B, A, T, T)
    weights = attention_weights(scores, mask)  # (B, A, T, T)
    context = merge_heads(weights @ values)  # (B, A, T, D) -> (B, T, H)
    attended = add_and_norm(module.attention.output, context, hidden)  # (B, T, H)
    inner = feed_forward(module.intermediate, attended)  # (B, T, H) -> (B, T, I)
    output = add_and_norm(module.output, inner, attended)  # (B, T, I) -> (B, T, H)
    return LayerTrace(
        queries, keys, values, scores, weights, context, attended, inner, output
    )


def feed_forward(module: BertIntermediate, hidden: Tensor) -> Tensor:
    """Widen each token's vector and apply the activation: (B, T, H) -> (B, T, I).

    `add_and_norm(layer.output, ...)` brings it back to H. No token sees another here.

    Raises:
        TypeError, ValueError: as `companion.checks` and `activation` have them.
    """
    check_module("intermediate", module, BertIntermediate)
    check_vectors("hidden", hidden, module.dense.in_features)
    wide = linear(module.dense, hidden)  # (B, T, H) -> (B, T, I)
    return activation(module.intermediate_act_fn)(wide)


def strongest_tokens(
    inner: Tensor, tokens: list[str], row: int, count: int
) -> dict[str, float]:
    """Find the different tokens at which a row of W1 gives the largest numbers.

    Args:
        inner: (1, T, I), from `feed_forward` or a `LayerTrace`.
        tokens: T of them; of equal ones the largest number counts.
        row: 0 to I - 1, the inner number to look at.
        count: how many tokens.
    Returns:
        The numbers by token, the largest first.
    """
    largest: dict[str, float] = {}
    for token, number in zip(tokens, inner[0, :, row].tolist(), strict=True):
        largest[token] = max(number, largest.get(token, -math.inf))
    return dict(sorted(largest.items(), key=lambda item: -item[1])[:count])


def activation(module: nn.Module) -> Callable[[Tensor], Tensor]:
    """Find the function that the library's activation module stands for.

    Raises:
        ValueError: naming those in `ACTIVATIONS`, if it is none of them.
    """
    for name, function in ACTIVATIONS.items():
        if type(module) is ACT2CLS[name]:
            return function
    raise ValueError(
        f"hidden_act must be one of {', '.join(ACTIVATIONS)}, "
        f"not the one of {type(module).__name__}"
    )


# BERT's is the exact GELU, with erf; `gelu_new`, GPT-2's, approximates it with tanh.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
    "silu": F.silu,
    "swish": F.silu,
    "tanh": torch.tanh,
}


def gelu_formula(x: Tensor) -> Tensor:
    """Compute GELU by its formula: x times the share of a normal distribution below x.

    Hendrycks and Gimpel, *Gaussian Error Linear Units*, 2016.
    """
    return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))


def _mask(attention_mask: Tensor | None, hidden: Tensor) -> Tensor | None:
    """Make what is added to the scores; None where every token is to be read."""
    if attention_mask is None:
        return None
    check_ids("attention_mask", attention_mask, below=2, shape=tuple(hidden.shape[:2]))
    return None if attention_mask.all() else additive_mask(attention_mask, hidden.dtype)
