"""From one row of logits for a context to its answers.

    probabilities   how likely each token is to be first or last, and "no answer"
    by_words        scores of token spans to scores of the words they widen to
    best_answers    the search, and back to characters

A score is a probability: those of all answers to a question, and that of "no answer",
sum to at most 1. An answer is a place, so the same text at two places is two answers.
Chapter 7.
"""

from typing import TypedDict

import torch
from torch import Tensor

from companion.qa_head import largest_cells, span_probabilities, span_scores
from companion.qa_pipeline.texts import Tokens

LONGEST_ANSWER = 15  # tokens
LEAST = 1e-150  # a probability that is never 0, nor is the product of two


class Answer(TypedDict):
    """`context[start:end] == answer`; `score` lies between 0 and 1."""

    score: float
    start: int
    end: int
    answer: str


def probabilities(logits: Tensor) -> tuple[Tensor, Tensor, float]:
    """Say how likely each token is to be the answer's first, its last; and "no answer".

    Args:
        logits: (2, 1 + N), as `companion.qa_pipeline.windows.merge` returns them.
    Returns:
        Start and end probabilities of the context's tokens, (N,) each, and the score
        of "no answer", a product too: what `[CLS]` has as a start, times as an end.
    Raises:
        ValueError: if logits are NaN or infinite, so that they cannot be ranked.
    """
    if not logits.isfinite().all():
        _check_rankable(logits)
    is_context = torch.arange(logits.shape[1]) > 0  # (1 + N,), all but [CLS]
    start_logits, end_logits = logits.double()  # (2, 1 + N) -> (1 + N,) each
    starts, ends = span_probabilities(start_logits, end_logits, is_context)
    no_answer = (1 - starts.sum()).clamp(min=0) * (1 - ends.sum()).clamp(min=0)
    return starts[1:].clamp(LEAST), ends[1:].clamp(LEAST), float(no_answer)


def _check_rankable(logits: Tensor) -> None:
    """Refuse NaN and infinity, and a context of which no token can start or end."""
    odd = logits.isnan() | logits.isposinf()  # (2, 1 + N)
    if odd.any() or logits[:, 1:].isneginf().all(dim=1).any():
        raise ValueError(
            f"the model's logits cannot be ranked: of {logits.numel():,}, "
            f"{int((~logits.isfinite()).sum()):,} are NaN or infinite; its weights may "
            "be damaged, or too large for their precision"
        )


def by_words(scores: Tensor, words: Tensor) -> Tensor:
    """Sum the scores of all token spans that begin and end in the same words.

    Args:
        scores: (N, longest), what `companion.qa_head.span_scores` returns.
        words: (N,), the word of each token; words count from 0, without gaps.
    Returns:
        (words, longest): row `i`, column `d` has the words `i` to `i + d`.
    """
    summed = scores.new_zeros(int(words[-1]) + 1, scores.shape[1])
    for d, column in enumerate(scores.unbind(dim=1)):  # spans of d + 1 tokens
        first, last = words[: len(words) - d], words[d:]
        summed.index_put_((first, last - first), column[: len(first)], accumulate=True)
    return summed


def best_answers(
    context: str,
    tokens: Tokens,
    logits: Tensor,
    *,
    top_k: int = 1,
    max_answer_len: int = LONGEST_ANSWER,
    handle_impossible_answer: bool = False,
    align_to_words: bool = True,
) -> list[Answer]:
    """Find the most probable answers, the best first; at most `top_k`.

    Args:
        context: the text.
        tokens: its N tokens.
        logits: (2, 1 + N), as `companion.qa_pipeline.windows.merge` returns them.
        top_k, max_answer_len, handle_impossible_answer, align_to_words: as
            `QuestionAnswerer` has them.
    Raises:
        ValueError: as `probabilities` does.
    """
    starts, ends, no_answer = probabilities(logits)  # (2, 1 + N) -> (N,), (N,), 1
    scores = span_scores(starts, ends, min(max_answer_len, len(tokens)))  # (N, longest)
    units = tokens.words if align_to_words else _places(tokens)
    ends_of_units = units.bincount().cumsum(0)  # each unit's first token past its last
    answers = []
    for unit, more, score in largest_cells(by_words(scores, units), top_k):
        first = int(ends_of_units[unit - 1]) if unit else 0
        last = int(ends_of_units[unit + more]) - 1
        start, end = int(tokens.offsets[first, 0]), int(tokens.offsets[last, 1])
        text = context[start:end]
        answers.append(Answer(score=score, start=start, end=end, answer=text))
    if handle_impossible_answer:
        answers.append(Answer(score=no_answer, start=0, end=0, answer=""))
        answers.sort(key=lambda answer: -answer["score"])
    return answers[:top_k]


def _places(tokens: Tokens) -> Tensor:
    """Number the tokens, (N,); those made from the same characters share a number."""
    return tokens.offsets.unique_consecutive(dim=0, return_inverse=True)[1]
