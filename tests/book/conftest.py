"""The built pages, once for all tests that read them or open them in a browser."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shared import written_once

ROOT = Path(__file__).parents[2]
CACHES = shutil.ignore_patterns("__pycache__")


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """The folder of the HTML pages, built strictly from the stored outputs.

    As someone may do who unpacked an archive: no Git, an awkward name, no locale. Who
    works at a page sets COMPANION_PAGES to a folder with pages that are built already.
    """
    if "COMPANION_PAGES" in os.environ:
        return Path(os.environ["COMPANION_PAGES"])
    folder = written_once(tmp_path_factory, "my böök (1) & co", built)
    return folder / "_build" / "html"


def built(folder):
    """Copy the book to `folder`, and build it there."""
    for name in ("book", "companion", "notebooks", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=CACHES)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, folder)
    make(folder, "book")


def make(folder, target):
    """Build the book that is in `folder` as `make book` or `make pdf` begins."""
    run = subprocess.run(
        command(target),
        cwd=folder,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


def command(target):
    """The first command that the Makefile has for a target."""
    _, recipe = (ROOT / "Makefile").read_text("utf-8").split(f"\n{target}:")
    line = recipe.replace("\\\n", " ").splitlines()[1]
    program, *words = shlex.split(line.replace("$(BIN)/", ""))
    return [Path(sys.executable).with_name(program), *words]
