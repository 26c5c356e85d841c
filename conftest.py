"""Pytest's hooks: a reader's settings do not reach the kernels of the notebooks."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

KERNELS = pytest.StashKey[dict[str, str]]()  # the variables of each notebook's kernel


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what the kernels write, until the end of the session."""
    # Before the libraries are imported, which read it once: no test asks a hub.
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
    from tools import kernels

    folder = TemporaryDirectory(prefix="kernels-")
    config.add_cleanup(folder.cleanup)
    config.stash[KERNELS] = kernels.environment(Path(folder.name), kept=kernels.DTYPE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Start a notebook's kernel, which nbval does here, with those variables."""
    from tools import kernels

    is_cell = item.path.suffix == ".ipynb"
    wanted = item.config.stash[KERNELS]
    with kernels.variables(wanted) if is_cell else nullcontext():
        return (yield)
