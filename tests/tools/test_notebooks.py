"""No reader's settings reach a notebook; one with a gap or a warning is not written."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tools import kernels, notebooks

ROOT = Path(__file__).parents[2]
CHAPTER = ROOT / "notebooks" / "08_pretraining.ipynb"  # one cell needs no import

HEAD = """\
---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page
"""
CELLS = """
```{code-cell} ipython3
import os, sys, warnings
import matplotlib.pyplot as plt
print(sys.executable, os.environ.get("COMPANION_MODEL"), sys.warnoptions)
print("ö", plt.rcParams["figure.figsize"])
```

```{code-cell} ipython3
---
mystnb:
  figure:
    name: data-flow
    caption: A line.
  image:
    alt: A line that rises from the left to the right.
---
"not shown"
_ = plt.plot([1, 2])
```
"""
VALUES = """
```{code-cell} ipython3
{"answer": "Foo", "score": 0.987}
```

```{code-cell} ipython3
"Foo"
```

```{code-cell} ipython3
print("position  token  input_id", "       8  Foo        5658", sep="\\n")
```
"""
WARNS = """
```{code-cell} ipython3
import warnings
warnings.warn("beware")
```
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    """Give a function that writes a page; its notebook lies beside it."""
    monkeypatch.setattr(notebooks, "notebook_of", lambda s: s.with_suffix(".ipynb"))

    def write(cells):
        path = tmp_path / "page.md"
        path.write_text(HEAD + cells, encoding="utf-8")
        return path

    return write


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Set what a reader's machine may have: profile, kernel, backend, home, locale."""
    profile = tmp_path / "ipython" / "profile_default"
    profile.mkdir(parents=True)
    (profile / "ipython_kernel_config.py").write_text(
        'c.InlineBackend.figure_formats = {"svg"}\n'
        'c.InteractiveShell.ast_node_interactivity = "all"\n',
        encoding="utf-8",
    )
    (profile / "startup").mkdir()
    (profile / "startup" / "00_mine.py").write_text(
        'import matplotlib\nmatplotlib.rcParams["figure.figsize"] = 1, 1\n',
        encoding="utf-8",
    )
    settings = tmp_path / "config" / "matplotlib" / "matplotlibrc"
    settings.parent.mkdir(parents=True)
    settings.write_text("figure.figsize: 2, 2\nfigure.dpi: 37\n", encoding="utf-8")
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["false"], "display_name": "Python 3", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    closed = tmp_path / "closed"
    closed.write_text("a file where a folder is wanted", encoding="utf-8")
    startup = tmp_path / "startup.py"
    startup.write_text("print('from the startup file')", encoding="utf-8")
    wanted = {
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": closed,
        "MATPLOTLIBRC": settings,
        "XDG_CONFIG_HOME": settings.parents[1],
        "IPYTHONDIR": profile.parent,
        "JUPYTER_PATH": kernel.parents[1],
        "HOME": closed / "nobody",
        "PYTHONSTARTUP": startup,
        "PYTHONWARNINGS": "always",
        "COMPANION_MODEL": closed,
        "FORCE_COLOR": "1",
        "COLUMNS": "20",
        "LC_ALL": "C",
    }
    for name, value in wanted.items():
        monkeypatch.setenv(name, str(value))


def nbval(*arguments, **where):
    """What pytest prints that compares notebooks with their stored outputs."""
    command = [sys.executable, "-m", "pytest", "-q", "-rf", "--color", "no"]
    command += ["-p", "no:cacheprovider", *arguments]
    run = subprocess.run(command, capture_output=True, text=True, **where)
    return run.stdout + run.stderr


def changed(text):
    """The same notebook with another number, word and table in its outputs."""
    notebook = nbformat.reads(text, as_version=4)
    *_, number, word, table = (c.outputs[0] for c in notebook.cells if "outputs" in c)
    number.data["text/plain"] = number.data["text/plain"].replace("0.987", "0.988")
    word.data["text/plain"] = "'Fooo'"
    table.text = table.text.replace("5658", "5659")
    return nbformat.writes(notebook)


@pytest.mark.slow
@pytest.mark.usefixtures("hostile")
def test_a_page_is_executed_and_compared_as_on_any_other_machine(page, capfd):
    path = page(CELLS + VALUES)
    text = notebooks.executed(path)
    notebook = nbformat.reads(text, as_version=4)
    first, second, *_ = (c for c in notebook.cells if c.cell_type == "code")
    assert first.outputs[0].text == f"{sys.executable} None []\nö [6.4, 4.8]\n"
    (picture,) = second.outputs
    assert set(picture.data) == {"image/png", "text/plain"}
    assert set(picture.metadata["image/png"]) == {"alt", "width", "height"}
    assert capfd.readouterr() == ("", "")
    path.with_suffix(".ipynb").write_text(text, encoding="utf-8")
    path.with_name("changed.ipynb").write_text(changed(text), encoding="utf-8")
    printed = nbval(
        *("--nbval", "-p", "conftest", "-c", ROOT / "pyproject.toml"),
        *("--rootdir", path.parent, *path.parent.glob("*.ipynb")),
        cwd=ROOT,
        env={n: v for n, v in os.environ.items() if n != "PYTHONWARNINGS"},
    )
    failed = re.findall(r"^FAILED .*/(.*)::Cell (\d+)", printed, re.MULTILINE)
    assert failed == [("changed.ipynb", number) for number in "234"], printed
    assert "3 failed, 7 passed" in printed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "option", "path"),
    [("elsewhere", "--nbval", CHAPTER), (CHAPTER.parent, "--nbval-lax", CHAPTER.name)],
    ids=["from another folder", "from its own folder, lax"],
)
def test_one_cell_alone_is_checked_from_any_folder(tmp_path, folder, option, path):
    (tmp_path / "elsewhere").mkdir()
    cells = [c for c in nbformat.read(CHAPTER, 4).cells if c.cell_type == "code"]
    [number] = [i for i, c in enumerate(cells) if c.source.startswith("def loss_at")]
    printed = nbval(option, f"{path}::Cell {number}", cwd=tmp_path / folder)
    assert re.search(r"^1 passed in ", printed, re.MULTILINE), printed


def test_the_environment_of_pytest_is_its_own_again():
    before = dict(os.environ)
    with kernels.variables({"ONLY": "this"}):
        assert dict(os.environ) == {"ONLY": "this"}
    assert dict(os.environ) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (WARNS, "writes to stderr: .*beware"),
        (CELLS.replace("_ = plt.plot([1, 2])", "1"), "the figure data-flow is missing"),
    ],
)
def test_a_warning_or_a_missing_figure_is_refused(page, cells, fault):
    with pytest.raises(ValueError, match=rf"(?s)page\.md: .*{fault}"):
        notebooks.executed(page(cells))


@pytest.mark.slow
def test_a_refused_notebook_is_named_and_stays_as_it_was(page, monkeypatch, capsys):
    path = page(WARNS)
    path.with_suffix(".ipynb").write_text("as it was", encoding="utf-8")
    monkeypatch.setattr(notebooks, "sources", lambda: [path])
    monkeypatch.setattr(notebooks, "ROOT", path.parent)
    with pytest.raises(SystemExit, match=r"page\.ipynb: not written"):
        notebooks.main([])
    assert path.with_suffix(".ipynb").read_text(encoding="utf-8") == "as it was"
    assert capsys.readouterr().out == ""


def test_a_chapter_that_there_is_not_is_named():
    with pytest.raises(SystemExit, match="no such chapter: 11_nothing"):
        notebooks.main(["11_nothing"])
