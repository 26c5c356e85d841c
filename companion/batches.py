"""Many questions at once: windows of like length together, answers in order. Chapter 7.

Padding is lost work. Windows are gathered from many questions, sorted by length and run
in batches of nearly equal ones; then each goes back to its question.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.windows import (
    SPECIAL_TOKENS,
    Tokens,
    Window,
    kept,
    merge,
    model_inputs,
)

LOOK_AHEAD = 512  # windows that are gathered before they are run
TOKENS_AT_ONCE = 1536  # in a batch: more of them no longer fit a processor's cache


@dataclass(frozen=True, eq=False)
class Task:
    """One question, its context, and the windows in which they are read."""

    question: Tensor  # (Q,), ids
    context: str
    tokens: Tokens
    windows: list[Window]


def groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Tasks with some hundred windows together; one long context is a group alone."""
    group, gathered = [], 0
    for task in tasks:
        group.append(task)
        gathered += len(task.windows)
        if gathered >= LOOK_AHEAD:
            yield group
            group, gathered = [], 0
    if group:
        yield group


def batches(lengths: list[int], size: int | None) -> Iterator[list[int]]:
    """Which rows to run together: indices into `lengths`, the shortest rows first.

    Args:
        lengths: tokens in each row.
        size: rows in a batch; without it, as many as have 1,536 tokens.
    """
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        most = size or max(1, TOKENS_AT_ONCE // lengths[i])
        if len(batch) >= most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def logits_of(
    group: list[Task],
    tokenizer: BertTokenizer,
    forward: Callable[[dict[str, Tensor]], Tensor],
    size: int | None = None,
) -> Iterator[Tensor]:
    """For each task the logits of its whole context, as `windows.merge` has them.

    Args:
        forward: from the model's inputs to its logits, (B, T) to (B, 2, T).
        size: rows in a batch; see `batches`.
    """
    rows = [(task, window) for task in group for window in task.windows]
    lengths = [len(t.question) + w.end - w.first + SPECIAL_TOKENS for t, w in rows]
    # One piece of memory for all: small ones, made between the batches, would leave the
    # memory that the batches free in holes, and a long text would need a gigabyte.
    found = torch.empty(len(rows), 2, max(lengths), dtype=torch.float64)
    for batch in batches(lengths, size):
        chosen = [rows[i] for i in batch]
        ids = [(t.question, t.tokens.ids[w.first : w.end]) for t, w in chosen]
        logits = forward(model_inputs(tokenizer, ids))
        found[batch, :, : logits.shape[2]] = logits.double()
    in_order = iter(found)
    for task in group:
        yield merge(
            [
                kept(row, len(task.question), window)
                for window, row in zip(task.windows, in_order, strict=False)
            ]
        )
