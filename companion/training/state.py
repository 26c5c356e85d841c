"""Checkpoint a training run, so that it resumes after a kill as if nothing happened.

One safetensors file holds all that the next step depends on: the weights, AdamW's two
moments of each, the states of the random numbers, and in its header the step, the
length of the log, and what is being trained. It is written in another place, forced
to the disk, and renamed in one step, so there is always a whole one. Accelerate's
`save_state` does neither: it pickles all but the weights, and a kill while it writes
leaves half a checkpoint.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import Module
from torch.optim import Optimizer

from companion.training.outputs import check_facts

if TYPE_CHECKING:
    from accelerate import Accelerator

MOMENTS = ("exp_avg", "exp_avg_sq")


def write_state(
    path: Path,
    model: Module,
    optimizer: Optimizer,
    accelerator: "Accelerator",
    step: int,
    log_bytes: int,
    facts: dict[str, object],
) -> None:
    """Write the state after `step` steps; all processes call it, the first one writes.

    Args:
        log_bytes: the log's length, to which it is cut back when training goes on.
        facts: what is trained, to be compared by `read_state`.
    """
    tensors = {f"random.{k}": v for k, v in _random_states(accelerator).items()}
    if not accelerator.is_main_process:
        return
    for name, parameter in _trained(model):
        tensors[f"weights.{name}"] = parameter.detach().cpu().contiguous()
        for moment in MOMENTS:
            tensors[f"{moment}.{name}"] = optimizer.state[parameter][moment].cpu()
    header = {"step": step, "log_bytes": log_bytes, "facts": facts}
    with _new_folder(path.with_name(f"{path.name}.new")) as folder:
        beside = folder / path.name
        save_file(tensors, beside, metadata={"state": json.dumps(header)})
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)


@contextlib.contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder for a while: safetensors begins with a file of its own name.

    What a kill left in it is gone with the next call.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.unlink(missing_ok=True)  # earlier versions wrote a file
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def read_state(
    path: Path,
    model: Module,
    optimizer: Optimizer,
    accelerator: "Accelerator",
    facts: dict[str, object],
) -> tuple[int, int]:
    """Bring model, optimizer and random numbers to where they were.

    Returns:
        The number of steps that were done, and the log's length then.
    Raises:
        ValueError: if the state is damaged, or of a run with other facts.
    """
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads(file.metadata()["state"])
            asked = json.loads(json.dumps(facts))
            check_facts(path.parent, header["facts"], asked, "a training that was")
            for name, parameter in _trained(model):
                parameter.data.copy_(file.get_tensor(f"weights.{name}"))
                moments = {m: file.get_tensor(f"{m}.{name}") for m in MOMENTS}
                _set_moments(optimizer, parameter, moments, header["step"])
            _set_random_states(file, accelerator)
    except (SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"{path} is damaged, or of another version or model ({error}); remove "
            f"{path.parent} to begin anew"
        ) from error
    return header["step"], header["log_bytes"]


def _trained(model: Module) -> list[tuple[str, Tensor]]:
    """What changes; what is frozen stays as it was at the start."""
    return [(n, p) for n, p in model.named_parameters() if p.requires_grad]


def _set_moments(
    optimizer: Optimizer, parameter: Tensor, moments: dict[str, Tensor], step: int
) -> None:
    state = {**moments, "step": torch.tensor(float(step))}
    optimizer.state[parameter] = {k: v.to(parameter.device) for k, v in state.items()}


def _set_random_states(file: Any, accelerator: "Accelerator") -> None:
    rank = accelerator.process_index
    torch.set_rng_state(file.get_tensor("random.cpu")[rank])
    if accelerator.device.type == "cuda":
        torch.cuda.set_rng_state(file.get_tensor("random.cuda")[rank])


def _random_states(accelerator: "Accelerator") -> dict[str, Tensor]:
    """For each kind of processor (processes, bytes), gathered from all processes."""
    states = {"cpu": torch.get_rng_state()}
    if accelerator.device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state()
    return {
        name: accelerator.gather(state.to(accelerator.device)[None]).cpu().contiguous()
        for name, state in states.items()
    }
