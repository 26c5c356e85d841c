"""The QA head: two logits a token, their probabilities, and the search for a span.

    qa_outputs    one Linear, H -> 2

Devlin, Chang, Lee and Toutanova, *BERT*, 2019, section 4.2. Chapter 6.
"""

import torch
from torch import Tensor, nn

from companion.attention import linear
from companion.checks import check_module, check_vectors


def span_logits(qa_outputs: nn.Linear, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Two numbers a token: how well it would do as the answer's first, and its last.

    Args:
        qa_outputs: `model.qa_outputs`.
        hidden: (B, T, H), the last hidden state.
    Returns:
        Start logits and end logits, (B, T) each.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("qa_outputs", qa_outputs, nn.Linear)
    check_vectors("hidden", hidden, qa_outputs.in_features)
    start_logits, end_logits = linear(qa_outputs, hidden).unbind(dim=-1)
    return start_logits, end_logits


def span_probabilities(
    start_logits: Tensor, end_logits: Tensor, is_context: Tensor
) -> tuple[Tensor, Tensor]:
    """How likely each token of the context is to be the answer's first, and its last.

    The softmax runs over the context's tokens and `[CLS]`, at position 0. `[CLS]`
    stands for "no answer": it takes its share of the probability and is then left
    out, so what is returned sums to less than one. All other tokens get zero.

    Args:
        start_logits, end_logits: (T,), the head's two numbers for each token.
        is_context: (T,), True where a token belongs to the context.
    Returns:
        Start and end probabilities, (T,) each.
    """
    may_win = is_context.clone()
    may_win[0] = True  # [CLS]
    starts, ends = (
        torch.softmax(logits.masked_fill(~may_win, -torch.inf), dim=-1)
        for logits in (start_logits, end_logits)
    )
    return starts * is_context, ends * is_context


def best_span(starts: Tensor, ends: Tensor, longest: int) -> tuple[int, int, float]:
    """The most probable span of at most `longest` tokens, and its score.

    A span's score is the probability of its first token as a start times that of its
    last token as an end. All products at once are an outer product; spans that end
    before they start lie below its diagonal.

    Args:
        starts, ends: (T,), probabilities.
        longest: tokens, at least 1.
    Returns:
        Position of the first token, position of the last, and the score.
    """
    scores = torch.outer(starts, ends)  # (T,), (T,) -> (T, T)
    scores = scores.triu().tril(longest - 1)
    start, end = divmod(int(scores.argmax()), len(ends))
    return start, end, float(scores[start, end])
