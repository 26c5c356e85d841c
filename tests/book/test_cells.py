"""Read the cells and the README's code with a type checker; execute nothing.

If you rename a function, an argument or a field, this names the pages that use the old
name. A learner's code has no type hints, so only errors about names count.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest

from tools.notebooks import sources

ROOT = Path(__file__).parents[2]
RENAMED = {"attr-defined", "call-arg", "import-not-found", "name-defined"}
ERROR = re.compile(r"^page_(\d+)\.py:(\d+): error: (.*)  \[(.*)\]$", re.MULTILINE)
# Only the companion is read. Torch alone would take five times as long, and what a cell
# takes from there is found when the cell is executed.
SETTINGS = """
[mypy]
python_version = 3.11
allow_redefinition = True
follow_imports = skip
[mypy-companion,companion.*]
follow_imports = silent
"""
MYPY = [sys.executable, "-m", "mypy", "--config-file", "settings.ini"]
MYPY += ["--cache-dir", ROOT / ".mypy_cache" / "cells"]


def cells(source):
    """The code of a chapter, its cells one after the other."""
    every = jupytext.read(source).cells
    return "\n".join(cell.source for cell in every if cell.cell_type == "code")


def readme():
    """The README's Python, one block after the other."""
    text = (ROOT / "README.md").read_text("utf-8")
    return "\n".join(re.findall(r"^```python\n(.*?)^```", text, re.M | re.S))


GONE = {
    "import companion\ncompanion.encode()": "encode",
    "from companion import encode": "encode",
    "from companion import tokens\ntokens.encodes": "encodes",
    "from companion.windows import cut": "companion.windows",
    "import companion\ncompanion.load(folder='x')": "folder",
    "from companion.tokens import encode\nencode(1, 'a', 'b').idss": "idss",
    "from companion import figures\nfigures.calibration()": "calibration",
}


def unknown(folder, texts):
    """For each text the lines that name what is not there, with mypy's message."""
    (folder / "settings.ini").write_text(SETTINGS, "utf-8")
    for number, text in enumerate(texts.values()):
        (folder / f"page_{number}.py").write_text(text, "utf-8")
    run = subprocess.run(
        [*MYPY, *sorted(file.name for file in folder.glob("*.py"))],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, 1), run.stdout + run.stderr
    found = {name: [] for name in texts}
    for number, line, message, kind in ERROR.findall(run.stdout):
        if kind in RENAMED:
            name = list(texts)[int(number)]
            found[name].append((texts[name].splitlines()[int(line) - 1], message))
    return found


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What is unknown in each page, and in pages that name what is gone: one run."""
    pages = {source.stem: cells(source) for source in sources()}
    assert all("companion" in page for page in pages.values())
    every = {**pages, "README.md": readme(), **{code: code for code in GONE}}
    return unknown(tmp_path_factory.mktemp("pages"), every)


def test_what_the_cells_and_the_readme_call_is_there(found):
    gone = [
        f"{page}: {line.strip()}\n    {message}"
        for page, lines in found.items()
        for line, message in lines
        if page not in GONE
    ]
    assert not gone, "\n".join(gone)


@pytest.mark.parametrize("code", GONE)
def test_a_name_that_is_gone_is_seen(code, found):
    [(line, message)] = found[code]
    assert line == code.splitlines()[-1]
    assert GONE[code] in message
