"""Fine-tune a BERT for extractive question answering: its loss, and the loop with it.

    fine_tune    train, on one processor or on many; resume after a kill
    span_loss    what is made small, step by step

The defaults of `Recipe` made the embedded model; its card has the results.
"""

import math
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForQuestionAnswering

from companion.fine_tuning.features import Feature, collate
from companion.fine_tuning.recipe import Recipe
from companion.training.loop import Plan, take_steps
from companion.training.steps import epochs, set_dropout

if TYPE_CHECKING:
    from accelerate import Accelerator


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

    Writes into `folder`, and resumes from what is there, as `training.loop.take_steps`.

    Args:
        accelerator: Accelerate's view of the processes, of which each has a part of
            every batch, so a step has `recipe.batch` windows for each of them.
        save_every: steps.
        extra: facts, for example about the data, that a saved state must match before
            training resumes.
    """
    if recipe.dropout is not None:
        set_dropout(model, recipe.dropout)
    base = {n: p.detach().clone() for n, p in model.named_parameters()}
    size = recipe.batch * accelerator.num_processes
    plan = Plan(
        steps=recipe.epochs * math.ceil(len(windows) / size),
        batches=lambda: epochs(windows, recipe.epochs, size, recipe.seed),
        loss_of=partial(part_of, span_loss),
        learning_rate=recipe.learning_rate,
        seed=recipe.seed,
        facts={**asdict(recipe), **(extra or {})},
    )
    take_steps(model, plan, folder, accelerator, save_every)
    _average(model, base, recipe.average_with_base)
    model.eval()


def _average(
    model: BertForQuestionAnswering, base: dict[str, Tensor], share: float
) -> None:
    """Move each parameter to where it was in `base`, by `share` of the way."""
    for name, parameter in model.named_parameters():
        start = base[name].to(parameter.device)
        parameter.data.mul_(1 - share).add_(start, alpha=share)


def part_of(
    mean_loss: Callable[[torch.nn.Module, list[Feature], int], Tensor],
    model: torch.nn.Module,
    mine: list[Feature],
    batch: list[Feature],
) -> Tensor:
    """Weigh the mean loss over `mine` by its part of the batch; a scalar.

    Args:
        mean_loss: `span_loss`, or another one with its arguments.
        mine: this process's windows; without any it takes part with a weight of 0.
    """
    longest = max(map(len, batch))
    return mean_loss(model, mine or batch[:1], longest) * (len(mine) / len(batch))


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
