"""The loop: one step after the other, on one processor or on many, kill or no kill."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from companion import extras
from companion.devices import multiplies_bfloat16
from companion.training.log import TrainingLog
from companion.training.options import ARITHMETIC, check_range
from companion.training.outputs import check_new_folder, check_partial
from companion.training.state import read_state, write_state
from companion.training.steps import LossOf, adamw, one_step, schedule

if TYPE_CHECKING:
    from accelerate import Accelerator

STATE, LOG = "state.safetensors", "training_log.jsonl"


@dataclass(frozen=True)
class Plan:
    """What is done in which order.

    `batches` yields the same batches each time it is called, each of them the same in
    all processes; `facts` must match those of a saved state before training resumes.
    """

    steps: int
    batches: Callable[[], Iterator[list[Any]]]
    loss_of: LossOf
    learning_rate: float
    seed: int
    facts: dict[str, object]


def take_steps(
    model: nn.Module,
    plan: Plan,
    folder: Path,
    accelerator: "Accelerator",
    save_every: int = 200,
    network: nn.Module | None = None,
) -> None:
    """Train the parameters of `model` that are not frozen.

    Writes `state.safetensors` and `training_log.jsonl`, a line per step, into `folder`,
    and resumes from them if they are there: the weights are then the same, bit for bit,
    as without the interruption.

    Args:
        accelerator: Accelerate's view of the processes, of which each has a part of
            every batch.
        save_every: steps.
        network: what `plan.loss_of` calls, if it is not the model itself but a module
            around it.
    """
    torch.manual_seed(plan.seed + accelerator.process_index)
    optimizer = adamw(model, plan.learning_rate)
    trained, optimizer = accelerator.prepare(network or model, optimizer)
    facts = {
        **{"processes": accelerator.num_processes, "steps": plan.steps},
        **plan.facts,
    }
    state, done, log_bytes = folder / STATE, 0, 0
    if state.exists():
        done, log_bytes = read_state(state, model, optimizer, accelerator, facts)
    trained.train()
    order = islice(plan.batches(), done, None)
    with TrainingLog(
        folder / LOG, log_bytes, done, plan.steps, accelerator.is_main_process
    ) as log:
        for step, batch in enumerate(order, start=done + 1):
            rate = plan.learning_rate * schedule(step - 1, plan.steps)
            log.write(
                step,
                one_step(trained, optimizer, accelerator, batch, rate, plan.loss_of),
            )
            if step % save_every == 0 or step == plan.steps:
                length = log.flush()
                write_state(state, model, optimizer, accelerator, step, length, facts)
    trained.eval()


def check_run(output: Path, save_every: int) -> None:
    """Refuse a run whose result or whose saves have no place, before its first step.

    Raises:
        ValueError: naming the option.
        MissingExtra: if Accelerate is not installed.
    """
    check_new_folder("--output", output)
    check_partial("--output", output, {"model", STATE, LOG})
    check_range("save_every", save_every, 1)
    extras.require("accelerate", "train")


@contextlib.contextmanager
def finishing(partial: Path, output: Path) -> Iterator[Path]:
    """Yield an empty folder to write the model into; then give it the output's name.

    Raises:
        ValueError: if that fails, saying where the weights are; all of it is kept.
    """
    folder = partial / "model"
    shutil.rmtree(folder, ignore_errors=True)  # of an attempt that failed late
    try:
        folder.mkdir()
        yield folder
        os.replace(folder, output)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{error}. The training is done: its weights are in {folder}, and the same "
            "command goes on from there"
        ) from error
    shutil.rmtree(partial)


def accelerator_for(arithmetic: str) -> tuple["Accelerator", str]:
    """The processes and their processors; and the arithmetic they use.

    Args:
        arithmetic: `float32`, `bfloat16`, or `fastest`, which asks the processor.
    Raises:
        MissingExtra: if Accelerate is not installed.
    """
    accelerate = extras.require("accelerate", "train")
    on_cpu = not torch.cuda.is_available()  # otherwise each process would be alone
    if arithmetic == "fastest":
        device = accelerate.PartialState(cpu=on_cpu).device
        arithmetic = "bfloat16" if multiplies_bfloat16(device) else "float32"
    accelerator = accelerate.Accelerator(
        mixed_precision=ARITHMETIC[arithmetic], cpu=on_cpu
    )
    return accelerator, arithmetic
