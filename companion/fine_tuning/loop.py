"""Fine-tune a BERT for extractive question answering: the loss, the loop, the weights.

    fine_tune    train, on one processor or on many; goes on after a kill
    span_loss    what is made small, step by step
    save         the weights and the vocabulary in one folder

The defaults made the embedded model; its card tells what came of them. Chapter 9.
"""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForQuestionAnswering, BertTokenizer
from transformers.utils import logging

from companion.fine_tuning.features import Feature, batches, collate
from companion.fine_tuning.log import TrainingLog
from companion.fine_tuning.recipe import Recipe
from companion.fine_tuning.state import read_state, write_state

WARM_UP = 0.06  # share of the steps in which the learning rate rises
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0  # its norm, over all parameters
STATE, LOG = "state.safetensors", "training_log.jsonl"


def fine_tune(
    model: BertForQuestionAnswering,
    windows: list[Feature],
    folder: Path,
    recipe: Recipe,
    accelerator: Accelerator,
    save_every: int = 200,
    told: dict[str, object] | None = None,
) -> None:
    """Train all parameters of `model`; it comes back in evaluation mode.

    Writes `state.safetensors` and `training_log.jsonl`, a line a step, into `folder`,
    and goes on from them if they are there: the weights are then the same, bit for bit,
    as without the interruption.

    Args:
        accelerator: Accelerate's view of the processes, of which each has a part of
            every batch, so a step has `recipe.batch` windows for each of them.
        save_every: steps.
        told: what else, the data say, the state must agree on when it is taken up.
    """
    torch.manual_seed(recipe.seed + accelerator.process_index)
    base = {n: p.detach().clone() for n, p in model.named_parameters()}
    size = recipe.batch * accelerator.num_processes
    steps = recipe.epochs * math.ceil(len(windows) / size)
    optimizer = adamw(model, recipe.learning_rate)
    trained, optimizer = accelerator.prepare(model, optimizer)
    about = {
        **asdict(recipe),
        "processes": accelerator.num_processes,
        "steps": steps,
        **(told or {}),
    }
    state, done, log_bytes = folder / STATE, 0, 0
    if state.exists():
        done, log_bytes = read_state(state, model, optimizer, accelerator, about)
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
                write_state(state, model, optimizer, accelerator, step, length, about)
    share = recipe.average_with_base
    for name, parameter in model.named_parameters():
        parameter.data.mul_(1 - share).add_(
            base[name].to(parameter.device), alpha=share
        )
    model.eval()


def one_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    accelerator: Accelerator,
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
    share, longest = len(mine) / len(batch), max(len(w.input_ids) for w in batch)
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

    Padding counts as a wrong place, so a part of a batch is padded as the whole is.

    Args:
        longest: tokens to pad to; usually those of the longest window.
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
    """Each window once an epoch, in batches of like length, the batches shuffled."""
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
    """The learning rate's share of its peak: up in a line, then down in a line."""
    rise = max(1, int(WARM_UP * steps))
    return (step + 1) / rise if step < rise else (steps - step) / max(1, steps - rise)


def save(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, output: Path
) -> None:
    """Write the weights as float16 safetensors, the configuration, the vocabulary."""
    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    model.half().save_pretrained(output)
    model.float()
    if bars:
        logging.enable_progress_bar()
    tokenizer.save_pretrained(output)
    (output / "tokenizer.json").unlink()  # vocab.txt says the same in a third of it
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    vocabulary = "".join(f"{piece}\n" for piece, _ in pieces)
    (output / "vocab.txt").write_text(vocabulary, encoding="utf-8", newline="\n")
