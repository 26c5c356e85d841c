"""Processes of the command line, forked off one that has imported Torch already.

A new Python takes five seconds of processor time for its imports. A fork has a memory,
an output and a death of its own too. Where forks are unsafe, processes start anew.
"""

import contextlib
import multiprocessing
import os
import re
import socket
import sys

import torch

FORKS = multiprocessing.get_context(
    "forkserver" if sys.platform == "linux" else "spawn"
)
FORKS.set_forkserver_preload(
    ["accelerate", "companion.fine_tuning.run", "companion.pretraining.run"]
)


def started(arguments, printed, stdin=os.devnull, **environment):
    """Start `python -m companion` with these arguments; return the process.

    Args:
        printed: the file that gets all that it prints.
        stdin: the file or the pipe that it reads.
        environment: variables that it has besides those of the test.
    """
    run = (arguments, printed, stdin, {**os.environ, **environment})
    process = FORKS.Process(target=_run, args=run, daemon=True)
    process.start()
    return process


def started_together(arguments, *printed):
    """Start a process for each file `printed`, with the variables of torchrun."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    group = {
        "MASTER_ADDR": "localhost",
        "MASTER_PORT": port,
        "CUDA_VISIBLE_DEVICES": "",
    }
    return [
        started(arguments, file, WORLD_SIZE=len(printed), RANK=r, LOCAL_RANK=r, **group)
        for r, file in enumerate(printed)
    ]


def run_in_two(arguments, folder):
    """Run two such processes until both succeed; return what each of them printed.

    Left out are Torch's own warnings, as of a host that has no name.
    """
    printed = [folder / "first.txt", folder / "second.txt"]
    processes = started_together(arguments, *printed)
    for process in processes:
        process.join(timeout=300)
    texts = [file.read_text("utf-8") for file in printed]
    assert [process.exitcode for process in processes] == [0, 0], texts
    return [re.sub(r"^\[W.*\n", "", text, flags=re.MULTILINE) for text in texts]


def _run(arguments, printed, stdin, environment):
    with open(printed, "ab") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    from companion.__main__ import main

    os.environ.update({name: str(value) for name, value in environment.items()})
    with one_thread(), open(stdin, encoding="utf-8") as sys.stdin:
        sys.exit(main([str(argument) for argument in arguments]))


@contextlib.contextmanager
def one_thread():
    """Compute as such a process does: sums round alike."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
