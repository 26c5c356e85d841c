"""What trained heads look at.

    stack          the weights of all layers, from a trace
    shares         how much each head gives to [CLS], to its neighbours, and so on
    entropy        how widely each head spreads its attention
    rollout        the weights of all layers multiplied together
    value_norms    weights times what they carry

Clark and others, *What Does BERT Look At?*, 2019; Abnar and Zuidema, *Quantifying
Attention Flow*, 2020; Kobayashi and others, *Attention is Not Only a Weight*, 2020.
"""

import torch
from torch import Tensor
from transformers.models.bert.modeling_bert import BertLayer

from companion.checks import check_module
from companion.encoder import LayerTrace, Trace
from companion.tokens import Encoded


def stack(trace: Trace) -> Tensor:
    """The attention weights of the first text of a trace: (L, A, T, T)."""
    return torch.stack([layer.weights[0] for layer in trace.layers])


def shares(weights: Tensor, encoded: Encoded) -> dict[str, Tensor]:
    """How much of its attention each head gives to tokens of some kind, on average.

    Averaged over the tokens of question and context; "same word" over those that stand
    in the text a second time, and "question to context" over the question's.

    Args:
        weights: (L, A, T, T), what `stack` returns.
    Returns:
        (L, A) for each kind; a share is from 0 to 1.
    """
    ids, inside = encoded.input_ids[0], ~encoded.is_special
    asked = inside & ~encoded.is_context
    same = (ids == ids[:, None]) & inside & ~torch.eye(len(ids), dtype=torch.bool)
    again = same.any(dim=-1)
    marks = torch.tensor([token == "[SEP]" for token in encoded.tokens])
    own, before, behind = (weights.diagonal(n, -2, -1) for n in (0, -1, 1))
    return {
        "[CLS]": weights[:, :, inside, 0].mean(-1),
        "[SEP]": (weights[:, :, inside] * marks).sum(-1).mean(-1),
        "itself": own[..., inside].mean(-1),
        "previous": before[..., inside[1:]].mean(-1),
        "next": behind[..., inside[:-1]].mean(-1),
        "same word": _mean((weights * same).sum(-1), again),
        "question to context": _mean((weights * encoded.is_context).sum(-1), asked),
    }


def _mean(values: Tensor, rows: Tensor) -> Tensor:
    """The mean over some rows of (L, A, T); 0 where there are none."""
    return (values * rows).sum(-1) / rows.sum().clamp(min=1)


def entropy(weights: Tensor) -> Tensor:
    """How widely each head spreads its attention, in bits, (L, A, T, T) -> (L, A).

    0 where each token looks at a single one; 3 where it looks at eight alike.
    """
    return -torch.xlogy(weights, weights).sum(-1).mean(-1) / torch.log(
        torch.tensor(2.0, dtype=weights.dtype)
    )


def by_distance(weights: Tensor, furthest: int) -> Tensor:
    """The mean weight on the token so far to the left or right.

    Args:
        weights: (L, A, T, T), T larger than `furthest`.
        furthest: F, tokens.
    Returns:
        (L, A, 2 F + 1), from F tokens to the left to F to the right.
    """
    span = range(-furthest, furthest + 1)
    return torch.stack([weights.diagonal(n, -2, -1).mean(-1) for n in span], dim=-1)


def rollout(weights: Tensor) -> Tensor:
    """From which input tokens each token of each layer comes, by weights alone.

    The heads are averaged, half of each token is kept (the residual), and the layers'
    tables are multiplied, as Abnar and Zuidema (2020) propose.

    Args:
        weights: (L, A, T, T).
    Returns:
        (L, T, T); each row sums to 1.
    """
    mixed = (weights.mean(dim=1) + torch.eye(weights.shape[-1]).to(weights)) / 2
    flows = [mixed[0]]
    for table in mixed[1:]:
        flows.append(table @ flows[-1])
    return torch.stack(flows)


def value_norms(layer: BertLayer, trace: LayerTrace) -> Tensor:
    """The length of what each token hands to each other, through each head.

    A weight says how much of a value is taken. What arrives is the weight times the
    value, turned by the head's own columns of `attention.output.dense`.

    Args:
        layer: `model.bert.encoder.layer[i]`, of which `trace` is the trace.
    Returns:
        (A, T, T): in row `i`, how much token `i` receives from each token.
    """
    check_module("layer", layer, BertLayer)
    values, weights = trace.values[0], trace.weights[0]  # (A, T, D), (A, T, T)
    turn = layer.attention.output.dense.weight.detach().unflatten(1, (len(values), -1))
    carried = torch.einsum("atd,had->ath", values, turn)  # (A, T, H)
    return weights * carried.norm(dim=-1)[:, None]
