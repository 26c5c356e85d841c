"""What holds for every check of every chapter; each chapter's own tests are beside."""

from pathlib import Path

import pytest

from companion import exercises

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
