"""What holds for every check of every chapter; each chapter's own tests are beside."""

import re
from pathlib import Path

import nbformat
import pytest

from companion import exercises

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
ALL = [getattr(exercises, name) for name in exercises.__all__]


def test_every_check_is_exported_and_tested():
    tests = "".join(
        path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py")
    )
    for name in (n for n in dir(exercises) if n.startswith("check_")):
        assert name in exercises.__all__
        assert name in tests


@pytest.mark.parametrize("check", ALL)
def test_three_dots_are_no_answer(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize(
    "nonsense", [None, "a", [], object(), 1j, float("nan"), 10**400]
)
def test_a_check_never_raises(check, nonsense, capsys):
    check(nonsense)
    verdict = capsys.readouterr().out
    assert verdict not in ("", "right\n", "not answered yet\n")


def solutions():
    """The check of each solution in the notebooks, and the lines that it prints."""
    for path in sorted(NOTEBOOKS.glob("[01]*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if "solution" in cell.metadata.get("tags", []):
                [name] = re.findall(r"exercises\.(check_\w+)\(", cell.source)
                printed = "".join(output.get("text", "") for output in cell.outputs)
                yield name, printed.splitlines()


@pytest.mark.parametrize(("name", "lines"), [*solutions()], ids=lambda v: str(v)[:20])
def test_what_a_solution_prints_is_right_if_it_is_typed(name, lines):
    """A reader of the page has no more digits than these."""
    assert "right" in lines
    words = [word.strip(":;") for line in lines for word in line.split()]
    key = getattr(exercises, name).key()
    assert "right" in {key.verdict(typed) for typed in [*lines, *words]}
