"""Which tokens an answer rests on: gradients, and leaving tokens out.

    gradient_times_input    one step of calculus
    integrated_gradients    many, on the way from an empty text (Captum does the sums)
    left_out                what the answer's logits lose without a token
    measures                these and three made of attention weights, side by side
    rank_correlation        whether two measures put tokens in the same order

An answer is a first and a last token; what is explained is the start logit of the one
plus the end logit of the other. Sundararajan, Taly and Yan, *Axiomatic Attribution for
Deep Networks*, 2017. Chapter 10.
"""

from collections.abc import Callable

import torch
from captum.attr import IntegratedGradients
from torch import Tensor
from transformers import BertForQuestionAnswering

from companion.encoder import Trace
from companion.heads.silencing import answer_logit
from companion.heads.weights import rollout, stack, value_norms
from companion.tokens import Encoded


def gradient_times_input(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Tensor:
    """For each token its vector times the gradient of the answer's logits, (T,)."""
    words = _words(model, encoded.input_ids).requires_grad_()
    total = _answer(model, encoded, first, last)(words).sum()
    (gradient,) = torch.autograd.grad(total, words)
    return (gradient * words).sum(dim=-1)[0].detach()


def integrated_gradients(
    model: BertForQuestionAnswering,
    encoded: Encoded,
    first: int,
    last: int,
    steps: int = 24,
) -> tuple[Tensor, float]:
    """The same, averaged over `steps` places on the way from an empty text to this one.

    The empty text has `[PAD]` in place of each token, but for the marks.

    Returns:
        A number for each token, (T,), and by how much their sum misses the difference
        of the answer's logits between the two texts; more steps bring it nearer to 0.
    """
    empty = encoded.input_ids.masked_fill(~encoded.is_special, 0)
    method = IntegratedGradients(_answer(model, encoded, first, last))
    numbers, missed = method.attribute(
        _words(model, encoded.input_ids),
        _words(model, empty),
        n_steps=steps,
        internal_batch_size=16,
        return_convergence_delta=True,
    )
    return numbers.sum(dim=-1)[0].detach(), float(missed)


def left_out(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Tensor:
    """What the answer's logits lose when no token may look at this one, (T,)."""
    inputs, count = encoded.model_inputs(), len(encoded.tokens)
    many = {name: ids.expand(count, -1) for name, ids in inputs.items()}
    many["attention_mask"] = 1 - torch.eye(count, dtype=torch.long)
    whole = answer_logit(model, inputs, first, last)
    return whole - answer_logit(model, many, first, last)


def measures(
    model: BertForQuestionAnswering,
    encoded: Encoded,
    trace: Trace,
    first: int,
    last: int,
) -> dict[str, Tensor]:
    """How much each token matters to the answer, by six measures, (T,) each, from 0.

    The first three are what the answer's two tokens take from each token by attention:
    averaged over all layers and heads, or rolled out through the layers.

    Args:
        trace: of `encoded`, from `companion.trace`.
        first, last: the answer's tokens.
    """
    rows, weights = [first, last], stack(trace)
    layers = zip(model.bert.encoder.layer, trace.layers, strict=True)
    norms = torch.stack([value_norms(layer, kept) for layer, kept in layers])
    integrated, _ = integrated_gradients(model, encoded, first, last)
    return {
        "weights": weights[:, :, rows].mean(dim=(0, 1, 2)),
        "rollout": rollout(weights)[-1, rows].mean(dim=0),
        "value norms": norms[:, :, rows].mean(dim=(0, 1, 2)),
        "gradient × input": gradient_times_input(model, encoded, first, last).abs(),
        "integrated gradients": integrated.abs(),
        "left out": left_out(model, encoded, first, last).abs(),
    }


def rank_correlation(one: Tensor, other: Tensor) -> float:
    """Spearman's: 1 if both put things in the same order, -1 in the opposite one."""
    ranks = torch.stack([one, other]).argsort(dim=-1).argsort(dim=-1).double()
    return float(torch.corrcoef(ranks)[0, 1])


def _words(model: BertForQuestionAnswering, ids: Tensor) -> Tensor:
    return model.bert.embeddings.word_embeddings.weight[ids].detach()


def _answer(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Callable[[Tensor], Tensor]:
    """The answer's logits, (B,), as a function of the words' vectors, (B, T, H)."""

    def answer(words: Tensor) -> Tensor:
        types = encoded.token_type_ids.expand(len(words), -1)
        output = model(inputs_embeds=words, token_type_ids=types)
        return output.start_logits[:, first] + output.end_logits[:, last]

    return answer
