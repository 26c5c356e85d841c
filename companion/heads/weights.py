"""What trained heads look at.

    stack          the weights of all layers, from a trace
    given          how much each head's rows give to some columns
    shares         the same for [CLS], for neighbours, and so on
    strongest      the head with the largest number
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
    """Stack the attention weights of the first text of a trace: (L, A, T, T)."""
    rows = [layer.weights[0] for layer in trace.layers]  # L times (A, T, T)
    return torch.stack(rows)  # (L, A, T, T)


def given(weights: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Measure how much some tokens give to others, in each head: (L, A), from 0 to 1.

    Args:
        weights: (L, A, T, T), what `stack` returns.
        rows: (T,), True for the tokens that look; the mean is over them.
        columns: (T,), True for those that are looked at; what they get is added up.
    """
    return _mean((weights * columns).sum(-1), rows)  # (L, A, T, T) -> (L, A)


def strongest(table: Tensor) -> tuple[int, int]:
    """Find the layer and the head of the largest number in a table, (L, A)."""
    layer, head = divmod(int(table.argmax()), table.shape[1])
    return layer, head


def shares(weights: Tensor, encoded: Encoded) -> dict[str, Tensor]:
    """Measure how much of its attention each head gives to each kind of token.

    Means over the tokens of question and context; "same word" over those that occur
    more than once. The kinds overlap, so that a head's shares may sum to more than 1:
    for the first word the token before is `[CLS]`.

    Args:
        weights: (L, A, T, T), what `stack` returns.
    Returns:
        (L, A) for each kind; a share is from 0 to 1.
    """
    ids, inside = encoded.input_ids[0], ~encoded.is_special
    same = (ids == ids[:, None]) & inside & ~torch.eye(len(ids), dtype=torch.bool)
    sep = torch.tensor([token == "[SEP]" for token in encoded.tokens])
    diagonals = (weights.diagonal(n, -2, -1) for n in (0, -1, 1))  # (L, A, T or T - 1)
    own, previous, following = diagonals
    return {  # each (L, A, T, T) -> (L, A)
        "[CLS]": weights[:, :, inside, 0].mean(-1),
        "[SEP]": given(weights, inside, sep),
        "itself": own[..., inside].mean(-1),
        "previous": previous[..., inside[1:]].mean(-1),
        "next": following[..., inside[:-1]].mean(-1),
        "same word": given(weights, same.any(dim=-1), same),
    }


def _mean(values: Tensor, rows: Tensor) -> Tensor:
    """Average over some rows: (L, A, T) -> (L, A); 0 where there are none."""
    return (values * rows).sum(-1) / rows.sum().clamp(min=1)  # (L, A, T) -> (L, A)


def rollout(weights: Tensor) -> Tensor:
    """Follow the weights down to the input tokens that each token comes from.

    The heads are averaged, half of each token is kept (the residual), and the layers'
    tables are multiplied, as Abnar and Zuidema (2020) propose.

    Args:
        weights: (L, A, T, T).
    Returns:
        (L, T, T); each row sums to 1.
    """
    kept = torch.eye(weights.shape[-1]).to(weights)  # (T, T)
    mixed = (weights.mean(dim=1) + kept) / 2  # (L, A, T, T) -> (L, T, T)
    flows = [mixed[0]]
    for table in mixed[1:]:
        flows.append(table @ flows[-1])  # (T, T) @ (T, T) -> (T, T)
    return torch.stack(flows)  # (L, T, T)


def value_norms(layer: BertLayer, trace: LayerTrace) -> Tensor:
    """Measure the length of what each token passes to each other, through each head.

    A weight says how much of a value is taken. What arrives is the weight times the
    value, turned by the head's own columns of `attention.output.dense`.

    Args:
        layer: `model.bert.encoder.layer[i]`.
        trace: of that layer, `trace.layers[i]`.
    Returns:
        (A, T, T): in row `i`, how much token `i` receives from each token.
    """
    check_module("layer", layer, BertLayer)
    values, weights = trace.values[0], trace.weights[0]  # (A, T, D), (A, T, T)
    dense = layer.attention.output.dense.weight.detach()  # (H, H)
    turn = dense.unflatten(1, (len(values), -1))  # (H, H) -> (H, A, D)
    carried = torch.einsum("atd,had->ath", values, turn)  # (A, T, H)
    return weights * carried.norm(dim=-1)[:, None]  # (A, T, T) * (A, 1, T)
