"""Many questions at once: windows of like length together, answers in order.

Padding is lost work. Windows are gathered from many questions, sorted by length and run
in batches of nearly equal ones; then each goes back to its question.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor
from tqdm import tqdm
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.qa_pipeline.windows import (
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


def batch_rows(lengths: list[int], size: int | None) -> Iterator[list[int]]:
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


@torch.inference_mode()
def forward(
    model: BertForQuestionAnswering, inputs: dict[str, Tensor], bfloat16: bool = False
) -> Tensor:
    """Start and end logits of each row: (B, T) inputs -> (B, 2, T), on the CPU."""
    inputs = {name: ids.to(model.device) for name, ids in inputs.items()}
    with torch.autocast(model.device.type, torch.bfloat16, enabled=bfloat16):
        output = model(**inputs)
    logits = torch.stack([output.start_logits, output.end_logits], dim=1)
    return logits.to("cpu", torch.promote_types(logits.dtype, torch.float32))


def logits_of(
    group: list[Task],
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    size: int | None = None,
    bfloat16: bool = False,
) -> Iterator[Tensor]:
    """Yield for each task the logits of its whole context, as `windows.merge` has them.

    Args:
        size: rows in a batch; see `batch_rows`.
        bfloat16: compute matrix products in this shorter format.
    """
    rows = [(task, window) for task in group for window in task.windows]
    lengths = [len(t.question) + w.end - w.first + SPECIAL_TOKENS for t, w in rows]
    # One piece of memory for all: small ones, made between the batches, would leave the
    # memory that the batches free in holes, and a long text would need a gigabyte.
    logits = torch.empty(len(rows), 2, max(lengths), dtype=torch.float64)
    batches = list(batch_rows(lengths, size))
    for batch in tqdm(batches, unit=" batches", disable=None, leave=False, delay=2):
        chosen = [rows[i] for i in batch]
        ids = [(t.question, t.tokens.ids[w.first : w.end]) for t, w in chosen]
        found = forward(model, model_inputs(tokenizer, ids), bfloat16)
        logits[batch, :, : found.shape[2]] = found.double()
    in_order = iter(logits)
    for task in group:
        own = zip(task.windows, islice(in_order, len(task.windows)), strict=True)
        yield merge([kept(row, len(task.question), window) for window, row in own])
