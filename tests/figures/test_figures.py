"""What holds for every figure; each chapter's own tests are beside."""

import importlib
import inspect
import sys

import pytest
from matplotlib.axes import Axes

from companion import figures


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("companion.figures")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r'pip install "inside-bert\[figures\]"'):
        importlib.import_module("companion.figures")


@pytest.mark.parametrize("name", figures.__all__)
def test_a_figure_takes_data_and_returns_its_axes(name):
    signature = inspect.signature(getattr(figures, name))
    assert signature.return_annotation in (Axes, list[Axes])
    assert Axes not in {p.annotation for p in signature.parameters.values()}
