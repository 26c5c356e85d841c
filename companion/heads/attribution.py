"""Which tokens an answer rests on: gradients, and leaving tokens out.

    gradient_times_input    the margin's slope at this text
    integrated_gradients    its slopes on the way from an empty text (with Captum)
    left_out                what the margin loses without a token
    measures                these and three made of attention weights, side by side
    rank_correlation        whether two measures put tokens in the same order

An answer is a first and a last token; what is explained is its margin, by how much its
two logits are ahead of its rivals', as `companion.heads.Standing` has it. Sundararajan,
Taly and Yan, *Axiomatic Attribution for Deep Networks*, 2017.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering

from companion import extras
from companion.encoder import Trace
from companion.heads.silencing import span_standing, standing
from companion.heads.weights import rollout, stack, value_norms
from companion.tokens import Encoded

STEPS = 24  # of integrated gradients


def gradient_times_input(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Tensor:
    """Multiply each token's vector with the gradient of the answer's margin, (T,)."""
    words = _words(model, encoded.input_ids).requires_grad_()  # (1, T, H)
    total = _answer(model, encoded, first, last)(words).sum()
    (gradient,) = torch.autograd.grad(total, words)
    return (gradient * words).sum(dim=-1)[0].detach()  # (1, T, H) -> (T,)


def integrated_gradients(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> tuple[Tensor, float]:
    """Average the same over 24 steps on the way from an empty text to this one.

    The empty text has `[PAD]` in place of each token that is not special.

    Returns:
        A number for each token, (T,), and by how much their sum misses the difference
        of the answer's margin between the two texts.
    Raises:
        MissingExtra: if Captum is not installed.
    """
    captum = extras.require("captum.attr", "explain")
    empty = encoded.input_ids.masked_fill(~encoded.is_special, 0)
    method = captum.IntegratedGradients(_answer(model, encoded, first, last))
    numbers, missed = method.attribute(
        _words(model, encoded.input_ids),
        _words(model, empty),
        n_steps=STEPS,
        internal_batch_size=16,
        return_convergence_delta=True,
    )
    return numbers.sum(dim=-1)[0].detach(), float(missed)  # (1, T, H) -> (T,)


@torch.inference_mode()
def left_out(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Tensor:
    """Measure for each token what the margin loses if no token may look at it, (T,)."""
    inputs, count = encoded.model_inputs(), len(encoded.tokens)
    many = {name: ids.expand(count, -1) for name, ids in inputs.items()}  # (T, T)
    many["attention_mask"] = 1 - torch.eye(count, dtype=torch.long)  # text i lacks i
    without = span_standing(model(**many), encoded, first, last)
    return standing(model, encoded, first, last).margin - without.margin


def measures(
    model: BertForQuestionAnswering,
    encoded: Encoded,
    trace: Trace,
    first: int,
    last: int,
) -> dict[str, Tensor]:
    """Measure in six ways how much each token matters to the answer, (T,) each, from 0.

    The first three are what the answer's two tokens take from each token by attention:
    averaged over all layers and heads, or rolled out through the layers.

    Args:
        trace: of `encoded`, from `companion.trace`.
        first, last: the answer's tokens.
    Raises:
        MissingExtra: if Captum is not installed.
    """
    rows, weights = [first, last], stack(trace)  # (L, A, T, T)
    layers = zip(model.bert.encoder.layer, trace.layers, strict=True)
    norms = torch.stack([value_norms(*pair) for pair in layers])  # (L, A, T, T)
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
    """Compute Spearman's correlation of two rows of numbers, (N,) each.

    1 if both put things in the same order, -1 in the opposite one. Equal numbers share
    the mean of their ranks.
    """
    ranks = torch.stack([_ranks(one), _ranks(other)])  # (2, N)
    return float(torch.corrcoef(ranks)[0, 1])


def _ranks(numbers: Tensor) -> Tensor:
    """Rank numbers from 0, equal ones by the mean of their places: (N,) -> (N,)."""
    smaller = (numbers < numbers[:, None]).sum(dim=1)  # (N, N) -> (N,)
    equal = (numbers == numbers[:, None]).sum(dim=1)  # (N, N) -> (N,)
    return smaller + (equal.double() - 1) / 2


def _words(model: BertForQuestionAnswering, ids: Tensor) -> Tensor:
    """Look up the words' vectors: (B, T) -> (B, T, H)."""
    return model.bert.embeddings.word_embeddings.weight[ids].detach()


def _answer(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Callable[[Tensor], Tensor]:
    """Make the function from the words' vectors, (B, T, H), to the margin, (B,)."""

    def answer(words: Tensor) -> Tensor:
        types = encoded.token_type_ids.expand(len(words), -1)
        output = model(inputs_embeds=words, token_type_ids=types)
        return span_standing(output, encoded, first, last).margin

    return answer
