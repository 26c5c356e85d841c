"""What trained heads look at, and what happens without them.

    stack          the weights of all layers, from a trace
    shares         how much each head gives to [CLS], to its neighbours, and so on
    rollout        the weights of all layers multiplied together
    value_norms    weights times what they carry
    switched_off   the library's model with some of its heads silent
    effects        what the answer loses with each head
    statistics     the same, measured on held-out questions and stored

Clark and others, *What Does BERT Look At?*, 2019; Abnar and Zuidema, *Quantifying
Attention Flow*, 2020; Kobayashi and others, *Attention is Not Only a Weight*, 2020.
Chapter 8.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering
from transformers.models.bert.modeling_bert import BertLayer

from companion.checks import check_module
from companion.encoder import LayerTrace, Trace
from companion.tokens import Encoded

Head = tuple[int, int]  # layer and head, both from 0
STATISTICS = Path(__file__).with_name("head_statistics.json")


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


@contextlib.contextmanager
def switched_off(
    model: BertForQuestionAnswering, heads: Iterable[Head]
) -> Iterator[None]:
    """Within this, the named heads of the library's model hand on zeros.

    Raises:
        ValueError: if the model has no such head.
    """
    layers, count = model.bert.encoder.layer, model.config.num_attention_heads
    with contextlib.ExitStack() as hooks:
        for i, head in heads:
            if not (0 <= i < len(layers) and 0 <= head < count):
                raise ValueError(
                    f"heads must be of layers 0 to {len(layers) - 1} and heads 0 to "
                    f"{count - 1}, not {(i, head)}"
                )
            hook = _silence(head, model.config.hidden_size // count)
            dense = layers[i].attention.output.dense
            hooks.callback(dense.register_forward_pre_hook(hook).remove)
        yield


def _silence(head: int, size: int):
    def hook(module, arguments):
        context = arguments[0].clone()  # (B, T, H), the heads side by side
        context[..., head * size : (head + 1) * size] = 0
        return (context,)

    return hook


@torch.inference_mode()
def answer_logit(
    model: BertForQuestionAnswering, inputs: dict[str, Tensor], first: int, last: int
) -> Tensor:
    """Start logit of token `first` plus end logit of token `last`, (B,)."""
    output = model(**inputs)
    return output.start_logits[:, first] + output.end_logits[:, last]


def effects(
    model: BertForQuestionAnswering, inputs: dict[str, Tensor], first: int, last: int
) -> Tensor:
    """What the answer's logits lose when a head is switched off, one at a time.

    Args:
        inputs: what `model` is called with, for one text.
        first, last: the answer's tokens.
    Returns:
        (L, A); negative where the answer gains.
    """
    whole = answer_logit(model, inputs, first, last)[0]
    config = model.config
    lost = torch.zeros(config.num_hidden_layers, config.num_attention_heads)
    for i, head in ((i, h) for i in range(len(lost)) for h in range(lost.shape[1])):
        with switched_off(model, [(i, head)]):
            lost[i, head] = whole - answer_logit(model, inputs, first, last)[0]
    return lost


def statistics() -> dict[str, Any]:
    """What `benchmarks/head_statistics.py` measured with the embedded model.

    Averages over held-out questions, the command, and the weights' SHA-256.
    """
    return json.loads(STATISTICS.read_text(encoding="utf-8"))
