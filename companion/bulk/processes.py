"""Processes that share the work, if `torchrun` or `accelerate launch` started several.

They are on one machine or on many, and speak over the network (Gloo), so a GPU is not
needed. On one process nothing is started.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar

import torch
from torch import distributed

LONGEST = timedelta(days=1)  # that one waits for the others: some blocks take long
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Processes:
    """All processes, of which this is number `rank`; the first is 0."""

    rank: int = 0
    count: int = 1

    def share(
        self, items: Iterable[Item], work: Callable[[Item], Result]
    ) -> Iterator[tuple[Item, Result]]:
        """Deal out `items`, do the `work` for each; all get all results, in order.

        Args:
            items: the same in all processes.
        Raises:
            ValueError: what `work` raised, after the results before it, in the first
                process; the others end without an error, so that it can be told.
            ConnectionError: if another process has ended.
        """
        remaining = iter(items)
        while dealt := list(islice(remaining, self.count)):
            own = _try(work, dealt[self.rank]) if self.rank < len(dealt) else None
            for item, result in zip(dealt, self.gather(own), strict=False):
                if isinstance(result, ValueError):
                    raise result if self.rank == 0 else SystemExit
                yield item, result

    def gather(self, own: Any) -> list[Any]:
        """What each process brings, in their order; all of them call it."""
        if self.count == 1:
            return [own]
        every = [None] * self.count
        try:
            distributed.all_gather_object(every, own)
        except RuntimeError as error:
            raise ConnectionError(f"another process has ended: {error}") from error
        return every


def _try(work: Callable[[Item], Result], item: Item) -> Result | ValueError:
    try:
        return work(item)
    except ValueError as error:
        return error


@contextlib.contextmanager
def joined() -> Iterator[Processes]:
    """Meet the other processes, if there are any; only the first one prints."""
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield Processes()
        return
    distributed.init_process_group("gloo", timeout=LONGEST)
    try:
        everyone = Processes(distributed.get_rank(), distributed.get_world_size())
        with contextlib.ExitStack() as stack:
            if everyone.rank:
                nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
                stack.enter_context(contextlib.redirect_stdout(nowhere))
            yield everyone
    finally:
        distributed.destroy_process_group()


def own_device() -> str:
    """The GPU of this process, if the machine has any; else the processor."""
    if not torch.cuda.is_available():
        return "cpu"
    number = int(os.environ.get("LOCAL_RANK", "0"))
    return f"cuda:{number % torch.cuda.device_count()}"
