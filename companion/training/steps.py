"""One step of training: a loss, its gradient, a small move against it.

one_step     on one processor, or this process's part of it
adamw        the optimizer
set_dropout  how many numbers are dropped in training
schedule     the learning rate of each step, as a share of its peak
epochs       the order in which examples come
"""

import random
from collections.abc import Callable, Iterator, Sequence, Sized
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor

if TYPE_CHECKING:
    from accelerate import Accelerator

WARM_UP = 0.06  # share of the steps in which the learning rate rises
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0  # its norm, over all parameters
Item = TypeVar("Item", bound=Sized)
# Takes the model, this process's part of a batch, which may be empty, and the batch;
# returns this part's share of the batch's loss: the shares of all parts add up to it.
LossOf = Callable[[torch.nn.Module, list[Any], list[Any]], Tensor]


def one_step(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    accelerator: "Accelerator",
    batch: list[Any],
    rate: float,
    loss_of: LossOf,
) -> float:
    """Take one step against the gradient of this batch's loss; return the loss.

    Args:
        rate: the learning rate; of a group of parameters its `rate_share`, if it has
            one.
    """
    rank, processes = accelerator.process_index, accelerator.num_processes
    with accelerator.autocast():
        loss = loss_of(model, batch[rank::processes], batch)
    accelerator.backward(loss * processes)  # gradients are averaged over processes
    accelerator.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
    for group in optimizer.param_groups:
        group["lr"] = rate * group.get("rate_share", 1.0)
    optimizer.step()
    optimizer.zero_grad()
    return accelerator.reduce(loss.detach(), "sum").item()


def adamw(model: torch.nn.Module, learning_rate: float) -> torch.optim.AdamW:
    """AdamW over all parameters that are not frozen.

    Weight decay is on the matrices only, not on biases and LayerNorms. Loshchilov and
    Hutter, *Decoupled Weight Decay Regularization*, ICLR 2019.
    """
    trained = [p for p in model.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in trained if p.ndim == 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=learning_rate, fused=True)


def set_dropout(model: torch.nn.Module, share: float) -> None:
    """Drop this share of the numbers in training, wherever the library drops any.

    The configuration stays: whoever trains the model further has the base's dropout.
    """
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = share


def schedule(step: int, steps: int) -> float:
    """The learning rate's share of its peak: linear warm-up, then linear decay."""
    rise = max(1, int(WARM_UP * steps))
    return (step + 1) / rise if step < rise else (steps - step) / max(1, steps - rise)


def epochs(
    items: Sequence[Item], count: int, size: int, seed: int
) -> Iterator[list[Item]]:
    """Each item once per epoch, in batches of similar length, shuffled."""
    rng, shuffled = random.Random(seed), list(items)
    for _ in range(count):
        rng.shuffle(shuffled)  # so that equal lengths meet in another order
        order = list(batches(shuffled, size))
        rng.shuffle(order)
        yield from order


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Items of similar length together, so that little is padded; shortest first."""
    by_length = sorted(items, key=len)
    for i in range(0, len(by_length), size):
        yield by_length[i : i + size]
