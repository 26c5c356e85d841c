"""The QA head: two logits per token, their probabilities, and the search for a span.

    qa_outputs    one Linear, H -> 2

Devlin, Chang, Lee and Toutanova, *BERT*, 2019, section 4.2.
"""

import torch
from torch import Tensor, nn

from companion.attention import linear
from companion.checks import check_module, check_vectors
from companion.tokens import Encoded


def span_logits(qa_outputs: nn.Linear, hidden: Tensor) -> tuple[Tensor, Tensor]:
    """Give each token two numbers: how well it would start the answer, and end it.

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
    logits = linear(qa_outputs, hidden)  # (B, T, H) -> (B, T, 2)
    start_logits, end_logits = logits.unbind(dim=-1)  # (B, T, 2) -> (B, T) each
    return start_logits, end_logits


def span_probabilities(
    start_logits: Tensor, end_logits: Tensor, is_context: Tensor
) -> tuple[Tensor, Tensor]:
    """Say how likely each token of the context is to be the answer's first or last.

    The softmax runs over the context's tokens and `[CLS]`, at position 0. `[CLS]`
    stands for "no answer": it takes its share of the probability and is then left
    out, so what is returned sums to less than one. All other tokens get zero.

    Args:
        start_logits, end_logits: (T,), the head's two numbers for each token.
        is_context: (T,), True where a token belongs to the context.
    Returns:
        Start and end probabilities, (T,) each.
    """
    shut_out = ~may_win(is_context)
    starts, ends = (
        torch.softmax(logits.masked_fill(shut_out, -torch.inf), dim=-1)
        for logits in (start_logits, end_logits)
    )
    return starts * is_context, ends * is_context


def may_win(is_context: Tensor) -> Tensor:
    """Let the context's tokens and `[CLS]`, at position 0, compete: (T,) -> (T,).

    Args:
        is_context: (T,), True where a token belongs to the context.
    """
    allowed = is_context.clone()
    allowed[0] = True  # [CLS]
    return allowed


def span_scores(starts: Tensor, ends: Tensor, longest: int) -> Tensor:
    """Score each span: its first token's start times its last token's end.

    All products of two tokens would fill a table of (T, T). Spans that end before they
    start lie below its diagonal, those of more than `longest` tokens far above it:
    what is left is a band of `longest` diagonals, and only that is computed.

    Args:
        starts, ends: (T,), probabilities.
        longest: N, the most tokens that a span may have, at least 1.
    Returns:
        (T, N): row `i`, column `d` has the span from token `i` to token `i + d`, and 0
        where that is past the last token.
    """
    padded = torch.cat([ends, ends.new_zeros(longest - 1)])  # (T,) -> (T + N - 1,)
    band = padded.unfold(0, longest, 1)  # (T + N - 1,) -> (T, N), ends[i + d]
    return starts[:, None] * band  # (T, 1) * (T, N) -> (T, N)


def best_spans(
    starts: Tensor, ends: Tensor, longest: int, top_k: int = 1
) -> list[tuple[int, int, float]]:
    """Find the most probable spans of at most `longest` tokens, the best first.

    Of spans with equal scores the one that starts earlier comes first, then the
    shorter one. A span of probability 0 is none, so fewer than `top_k` may come back.

    Args:
        starts, ends: (T,), probabilities, of which there is at least one.
        longest: tokens, at least 1.
        top_k: how many spans to return, at least 1.
    Returns:
        Position of the first token, position of the last, and the score, for each.
    """
    scores = span_scores(starts, ends, min(longest, len(starts)))
    return [(i, i + d, score) for i, d, score in largest_cells(scores, top_k)]


def largest_cells(table: Tensor, top_k: int) -> list[tuple[int, int, float]]:
    """Find the `top_k` largest cells above 0: row, column and value, the largest first.

    Equal values come in the order of rows, then of columns.
    """
    values = table.flatten()  # (R, C) -> (R * C,)
    least = values.topk(min(top_k, len(values))).values[-1]
    cells = ((values >= least) & (values > 0)).nonzero()[:, 0]  # ties at the end too
    order = values[cells].sort(descending=True, stable=True).indices[:top_k]
    return [
        (*divmod(int(cell), table.shape[1]), float(values[cell]))
        for cell in cells[order]
    ]


def best_span(starts: Tensor, ends: Tensor, longest: int) -> tuple[int, int, float]:
    """Return the first of `best_spans`."""
    return best_spans(starts, ends, longest)[0]


def answer_from(
    qa_outputs: nn.Linear, hidden: Tensor, encoded: Encoded, longest: int = 15
) -> tuple[str, float]:
    """Ask the head for an answer, from whatever layer's vectors.

    Args:
        qa_outputs: `model.qa_outputs`.
        hidden: (1, T, H), the residual stream of `encoded` after any layer.
        encoded: the question and its context, T tokens.
        longest: tokens that an answer may have.
    Returns:
        The best span's text and its score.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    logits = [row[0] for row in span_logits(qa_outputs, hidden)]  # (T,) each
    spans = span_probabilities(logits[0], logits[1], encoded.is_context)
    first, last, score = best_span(*spans, longest)
    return encoded.text_of(first, last), score


def hide_question(encoded: Encoded, dtype: torch.dtype = torch.float32) -> Tensor:
    """Make a mask by which only the question's own tokens read the question.

    The context and the three special tokens read everything else. What they took from
    the question in layers before this mask is theirs.

    Args:
        encoded: the question and its context, T tokens.
        dtype: that of the scores it is added to.
    Returns:
        (1, 1, T, T), 0 to read, the lowest number not to; see `attention_weights`.
    """
    asked = (encoded.token_type_ids[0] == 0) & ~encoded.is_special  # (T,)
    hidden = ~asked[:, None] & asked  # (T, 1) & (T,) -> (T, T), row i reads column j
    return hidden[None, None].to(dtype) * torch.finfo(dtype).min
