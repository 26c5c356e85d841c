"""Pytest's hooks: a reader's settings do not reach the kernels of the notebooks.

What makes the kernels' variables is imported at the first notebook's first cell: it
imports Torch, and of `make quick` most processes never see a notebook.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

# No test may ask a hub. The libraries read this when they are imported, which the
# conftest.py of a folder may do.
os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1")
# As if it were not installed: jsonschema would compile its grammar of web addresses, a
# second in each process that reads a notebook.
sys.modules.setdefault("rfc3987_syntax", None)

KERNELS = pytest.StashKey[dict[str, str]]()  # the variables of each notebook's kernel


def pytest_configure(config: pytest.Config) -> None:
    """Let nbval use this environment's kernel; the tests go without nbval."""
    config.option.nbval_current_env = True


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import a file whose tests are all slow where these are not wanted."""
    if config.option.markexpr != "not slow" or collection_path.suffix != ".py":
        return None
    every = "\npytestmark = pytest.mark.slow" in collection_path.read_text("utf-8")
    return True if every else None


def for_kernels(config: pytest.Config) -> dict[str, str]:
    """Return the kernels' variables; what they write is gone with the session."""
    if KERNELS not in config.stash:
        from tools import kernels

        folder = TemporaryDirectory(prefix="kernels-")
        config.add_cleanup(folder.cleanup)
        made = kernels.environment(Path(folder.name), kept=kernels.DTYPE)
        config.stash[KERNELS] = made
    return config.stash[KERNELS]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Start a notebook's kernel, which nbval does here, with those variables."""
    if item.path.suffix != ".ipynb":
        return (yield)
    from tools import kernels

    with kernels.variables(for_kernels(item.config)):
        return (yield)
