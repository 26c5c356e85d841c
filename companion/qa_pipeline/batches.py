"""Many questions at once: windows of similar length together, answers in order.

Padding is wasted work. Windows are gathered from many questions, sorted by length and
run in batches of nearly equal ones; then each goes back to its question.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor
from tqdm import tqdm
from transformers import PreTrainedModel

from companion.qa_pipeline import bert
from companion.qa_pipeline.families import Family
from companion.qa_pipeline.models import check_evaluation
from companion.qa_pipeline.processor import fast_products, keep_freed_memory
from companion.qa_pipeline.texts import Tokens
from companion.qa_pipeline.windows import Window, kept, merge

LOOK_AHEAD = 512  # windows that are gathered before they are run
NO_BAR = os.environ.get("RANK", "0") != "0" or None  # of many processes one has a bar
TOKENS_AT_ONCE = 1536  # in a batch: more would not fit a processor's cache
TABLE_AT_ONCE = 384**2  # weights a head, where attention keeps its tables in memory


@dataclass(frozen=True, eq=False)
class Task:
    """One question, its context, and the windows in which they are read."""

    question: Tensor  # (Q,), ids
    context: str
    tokens: Tokens
    windows: list[Window]


def groups(tasks: Iterable[Task]) -> Iterator[list[Task]]:
    """Gather tasks until they have some hundred windows; a long context is alone."""
    group: list[Task] = []
    gathered = 0
    for task in tasks:
        group.append(task)
        gathered += len(task.windows)
        if gathered >= LOOK_AHEAD:
            yield group
            group, gathered = [], 0
    if group:
        yield group


def batch_rows(
    lengths: list[int], size: int | None, tables: bool = False
) -> Iterator[list[int]]:
    """Choose which rows to run together: indices into `lengths`, shortest rows first.

    Args:
        lengths: tokens per row.
        size: rows per batch; if None, as many as have 1,536 tokens.
        tables: whether each row fills tables of tokens times tokens; then as many as
            fill no more of these than one row of 384 tokens.
    """
    batch: list[int] = []
    for i in sorted(range(len(lengths)), key=lengths.__getitem__):
        usual = TOKENS_AT_ONCE // lengths[i]
        if tables:
            usual = min(usual, TABLE_AT_ONCE // lengths[i] ** 2)
        most = size or max(1, usual)
        if len(batch) >= most:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def has_tables(model: PreTrainedModel) -> bool:
    """Tell whether attention keeps its tables in memory, and memory is what counts.

    So it does in DeBERTa, Longformer and MPNet, for which the library has no fused
    attention. On a processor nothing is lost by smaller batches.
    """
    eager = model.config._attn_implementation == "eager"
    return model.device.type == "cpu" and eager and not bert.is_plain(model)


@torch.inference_mode()
def forward(
    model: PreTrainedModel, inputs: dict[str, Tensor], bfloat16: bool = False
) -> Tensor:
    """Compute start and end logits of each row: (B, T) inputs -> (B, 2, T), on the CPU.

    Args:
        inputs: `input_ids`, `attention_mask` and, where the family has them,
            `token_type_ids`, as `Family.inputs` makes them.
        bfloat16: compute matrix products in this shorter format.
    Raises:
        ValueError: if a part of the model that has dropout is in training mode.
    """
    device = model.device
    inputs = {name: ids.to(device) for name, ids in inputs.items()}
    if device.type == "cpu":
        keep_freed_memory()
    with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
        logits = _span_logits(model, inputs).transpose(1, 2)  # (B, T, 2) -> (B, 2, T)
    return logits.to("cpu", torch.promote_types(logits.dtype, torch.float32))


def _span_logits(model: PreTrainedModel, inputs: dict[str, Tensor]) -> Tensor:
    """Compute start and end logits: (B, T) inputs -> (B, T, 2)."""
    if bert.is_plain(model):
        return bert.answer_logits(model, inputs)
    check_evaluation(model)
    with fast_products(model.device):
        output = model(**inputs, return_dict=True, output_attentions=False)
    return torch.stack([output.start_logits, output.end_logits], dim=2)


def logits_of(
    group: list[Task],
    family: Family,
    model: PreTrainedModel,
    size: int | None = None,
    bfloat16: bool = False,
) -> Iterator[Tensor]:
    """Yield for each task the logits of its whole context, (2, 1 + N).

    Args:
        family: how this tokenizer and model take a question and a window.
        size: rows per batch; see `batch_rows`.
        bfloat16: see `forward`.
    """
    rows = [(task, window) for task in group for window in task.windows]
    lengths = [len(t.question) + w.end - w.first + family.special for t, w in rows]
    # One piece of memory for all: small ones, made between the batches, would leave
    # holes in the memory that the batches free, and a long text would need a gigabyte.
    logits = torch.empty(len(rows), 2, max(lengths), dtype=torch.float64)
    batches = list(batch_rows(lengths, size, has_tables(model)))
    for batch in tqdm(batches, unit=" batches", disable=NO_BAR, leave=False, delay=2):
        chosen = [rows[i] for i in batch]
        ids = [(t.question, t.tokens.ids[w.first : w.end]) for t, w in chosen]
        computed = forward(model, family.inputs(ids), bfloat16)  # (B, 2, T)
        logits[batch, :, : computed.shape[2]] = computed.double()
    in_order = iter(logits)  # (2, T) each
    for task in group:
        own = zip(task.windows, islice(in_order, len(task.windows)), strict=True)
        question, ahead = len(task.question), family.ahead
        yield merge([kept(row, question, window, ahead) for window, row in own])
