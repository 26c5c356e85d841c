"""Fine-tune a BERT for extractive question answering: the loss and the loop.

    fine_tune        train, on one processor or on many; resume after a kill
    one_step         one step of it
    span_loss        what is made small, step by step
    accelerator_for  the processes and their processors

The defaults of `Recipe` made the embedded model; its card has the results.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForQuestionAnswering

from companion import extras
from companion.devices import multiplies_bfloat16
from companion.fine_tuning.features import Feature, batches, collate
from companion.fine_tuning.log import TrainingLog
from companion.fine_tuning.recipe import ARITHMETIC, Recipe
from companion.fine_tuning.state import read_state, write_state

if TYPE_CHECKING:
    from accelerate import Accelerator

WARM_UP = 0.06  # share of the steps in which the learning rate rises
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0  # its norm, over all parameters
STATE, LOG = "state.safetensors", "training_log.jsonl"


def fine_tune(
    model: BertForQuestionAnswering,
    windows: list[Feature],
    folder: Path,
    recipe: Recipe,
    accelerator: "Accelerator",
    save_every: int = 200,
    extra: dict[str, object] | None = None,
) -> None:
    """Train all parameters of `model`; it comes back in evaluation mode.

    Writes `state.safetensors` and `training_log.jsonl`, a line per step, into `folder`,
    and resumes from them if they are there: the weights are then the same, bit for bit,
    as without the interruption.

    Args:
        accelerator: Accelerate's view of the processes, of which each has a part of
            every batch, so a step has `recipe.batch` windows for each of them.
        save_every: steps.
        extra: facts, for example about the data, that a saved state must match before
            training resumes.
    """
    torch.manual_seed(recipe.seed + accelerator.process_index)
    base = {n: p.detach().clone() for n, p in model.named_parameters()}
    size = recipe.batch * accelerator.num_processes
    steps = recipe.epochs * math.ceil(len(windows) / size)
    optimizer = adamw(model, recipe.learning_rate)
    trained, optimizer = accelerator.prepare(model, optimizer)
    run = {"processes": accelerator.num_processes, "steps": steps}
    facts = {**asdict(recipe), **run, **(extra or {})}
    state, done, log_bytes = folder / STATE, 0, 0
    if state.exists():
        done, log_bytes = read_state(state, model, optimizer, accelerator, facts)
    trained.train()
    order = islice(epochs(windows, recipe, size), done, None)
    with TrainingLog(
        folder / LOG, log_bytes, done, steps, accelerator.is_main_process
    ) as log:
        for step, batch in enumerate(order, start=done + 1):
            rate = recipe.learning_rate * schedule(step - 1, steps)
            log.write(step, one_step(trained, optimizer, accelerator, batch, rate))
            if step % save_every == 0 or step == steps:
                length = log.flush()
                write_state(state, model, optimizer, accelerator, step, length, facts)
    _average(model, base, recipe.average_with_base)
    model.eval()


def _average(
    model: BertForQuestionAnswering, base: dict[str, Tensor], share: float
) -> None:
    """Move each parameter to where it was in `base`, by `share` of the way."""
    for name, parameter in model.named_parameters():
        start = base[name].to(parameter.device)
        parameter.data.mul_(1 - share).add_(start, alpha=share)


def one_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    accelerator: "Accelerator",
    batch: list[Feature],
    rate: float,
    loss_of: Callable[[torch.nn.Module, list[Feature], int], Tensor] | None = None,
) -> float:
    """Take one step against the gradient of this batch's loss; return the loss.

    Args:
        rate: the learning rate; of a group of parameters its `rate_share`, if it has
            one.
        loss_of: another loss than `span_loss`, with its arguments.
    """
    rank, processes = accelerator.process_index, accelerator.num_processes
    mine = batch[rank::processes]
    share, longest = len(mine) / len(batch), max(map(len, batch))
    with accelerator.autocast():
        loss = (loss_of or span_loss)(model, mine or batch[:1], longest) * share
    accelerator.backward(loss * processes)  # gradients are averaged over processes
    accelerator.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("rate_share", 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return accelerator.reduce(loss.detach(), "sum").item()


def span_loss(
    model: torch.nn.Module, batch: list[Feature], longest: int | None = None
) -> Tensor:
    """Cross entropy of the true start and of the true end, averaged; a scalar.

    Args:
        longest: tokens to pad to, by default those of the longest window. Padding takes
            part in the softmax, so each process pads its share of a batch to the
            longest window of the whole batch.
    """
    device = next(model.parameters()).device
    output = model(**{k: v.to(device) for k, v in collate(batch, longest).items()})
    starts = torch.tensor([w.start for w in batch], device=device)
    ends = torch.tensor([w.end for w in batch], device=device)
    start_loss = cross_entropy(output.start_logits.float(), starts)
    return (start_loss + cross_entropy(output.end_logits.float(), ends)) / 2


def epochs(
    windows: list[Feature], recipe: Recipe, size: int
) -> Iterator[list[Feature]]:
    """Each window once per epoch, in batches of similar length, shuffled."""
    rng, windows = random.Random(recipe.seed), list(windows)
    for _ in range(recipe.epochs):
        rng.shuffle(windows)  # so that equal lengths meet in another order
        order = list(batches(windows, size))
        rng.shuffle(order)
        yield from order


def adamw(model: torch.nn.Module, learning_rate: float) -> torch.optim.AdamW:
    """AdamW with weight decay on the matrices only, not on biases and LayerNorms."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    groups = [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, fused=True)


def schedule(step: int, steps: int) -> float:
    """The learning rate's share of its peak: linear warm-up, then linear decay."""
    rise = max(1, int(WARM_UP * steps))
    return (step + 1) / rise if step < rise else (steps - step) / max(1, steps - rise)


def accelerator_for(recipe: Recipe) -> tuple["Accelerator", Recipe]:
    """The processes and their processors; the recipe with the arithmetic they use.

    Raises:
        MissingExtra: if Accelerate is not installed.
    """
    accelerate = extras.require("accelerate", "train")
    on_cpu = not torch.cuda.is_available()  # otherwise each process would be alone
    arithmetic = recipe.arithmetic
    if arithmetic == "fastest":
        device = accelerate.PartialState(cpu=on_cpu).device
        arithmetic = "bfloat16" if multiplies_bfloat16(device) else "float32"
    accelerator = accelerate.Accelerator(
        mixed_precision=ARITHMETIC[arithmetic], cpu=on_cpu
    )
    return accelerator, replace(recipe, arithmetic=arithmetic)
