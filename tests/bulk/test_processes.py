"""Work that is dealt out to processes comes back in order."""

import threading

import pytest
import torch

from companion.bulk import processes
from companion.bulk.processes import Processes, joined, own_device


class Together(Processes):
    """Processes that are threads: what they gather goes round by a barrier."""

    def gather(self, own):
        board, barrier = BOARDS[id(threading.main_thread())]
        board[self.rank] = own
        barrier.wait(timeout=10)
        every = [board[rank] for rank in range(self.count)]
        barrier.wait(timeout=10)
        return every


BOARDS = {}


def shared(count, items, work):
    """What each of `count` processes gets, or what it ends with."""
    BOARDS[id(threading.main_thread())] = {}, threading.Barrier(count)
    ends = [[] for _ in range(count)]

    def run(rank):
        try:
            for pair in Together(rank, count).share(items, work):
                ends[rank].append(pair)
        except (ValueError, SystemExit) as error:
            ends[rank].append(error)

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return ends


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("items", [0, 1, 3, 7])
def test_all_processes_get_all_results_in_order(count, items):
    alone = list(Processes().share(range(items), str))
    assert alone == [(i, str(i)) for i in range(items)]
    assert shared(count, range(items), str) == [alone] * count


def test_each_item_is_worked_at_by_one_process():
    seen = []
    shared(3, range(7), seen.append)
    assert sorted(seen) == list(range(7))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_fault_comes_after_the_results_before_it_and_is_told_once(count):
    def work(item):
        if item >= 3:
            raise ValueError(f"no {item}")
        return -item

    first, *others = shared(count, range(7), work)
    assert first[:-1] == [(0, 0), (1, -1), (2, -2)]
    assert str(first[-1]) == "no 3"
    assert all(isinstance(other[-1], SystemExit) for other in others)
    assert not any(other[-1].code for other in others)


def test_a_process_alone_starts_no_group(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with joined() as everyone:
        assert everyone == Processes(0, 1)
        assert not torch.distributed.is_initialized()


def test_each_process_has_a_gpu_of_its_own_if_there_are_enough(monkeypatch):
    assert own_device() == "cpu" or torch.cuda.is_available()
    monkeypatch.setattr(processes.torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(processes.torch.cuda, "device_count", lambda: 2)
    devices = []
    for rank in ("0", "1", "2"):
        monkeypatch.setenv("LOCAL_RANK", rank)
        devices.append(own_device())
    assert devices == ["cuda:0", "cuda:1", "cuda:0"]
