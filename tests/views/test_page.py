"""What a cell's output carries, and the script that draws the views of a page."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from companion import running, views
from companion.views import runtime

PLAIN = (running.QUESTION, running.CONTEXT)
FRAME = "window.insideBert = { draw }"


@pytest.fixture(autouse=True)
def in_a_live_notebook(monkeypatch):
    monkeypatch.delenv(views.BOOK, raising=False)


def test_each_live_output_brings_the_script(embedded):
    first = views.head_view(*embedded, *PLAIN)
    second = views.layer_slider(*embedded, *PLAIN)
    for view in (first, second, first):
        assert view._repr_html_() == (
            f"<script>{runtime.script()}</script>\n{view.html()}"
        )
    assert FRAME in first._repr_html_()


def test_in_the_book_no_output_carries_the_script(embedded, monkeypatch):
    monkeypatch.setenv(views.BOOK, "1")
    view = views.head_view(*embedded, *PLAIN)
    assert view._repr_html_() == view.html()
    assert FRAME not in view.html()
    assert repr(view) == "<head view: 12 heads of each of 6 layers over 10 tokens, all>"


def test_the_script_has_its_parts_and_ends_no_element():
    script = runtime.script()
    for part in ("HeadView", "ModelView", "NeuronView", "LayerSlider", FRAME):
        assert part in script
    assert ".attention-view {" in script
    assert "/* insert" not in script
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert "</script" not in script.lower()
    assert len(script) < 100_000  # each output of a live notebook brings it


def test_each_module_is_a_part_and_exports_something():
    own = {path.name for path in Path(runtime.__file__).parent.glob("*.js")}
    assert {*runtime.INSERT.findall(runtime._own("runtime.js"))} == {
        *own - {"runtime.js"},
        "page.css",
    }
    for name in own - {"runtime.js"}:
        assert runtime.EXPORT.findall(runtime._own(name)), name


def test_a_part_that_would_end_the_script_is_refused(monkeypatch):
    monkeypatch.setattr(runtime, "_part", lambda name: "'</SCRIPT >'")
    with pytest.raises(ValueError, match="contains </script"):
        runtime.script.__wrapped__()


def test_each_module_imports_what_stands_above_it():
    """The modules become one script: an import must name a part inserted before."""
    names = runtime.INSERT.findall(runtime._own("runtime.js"))
    own = [name for name in names if name.endswith(".js")]
    assert own
    for place, name in enumerate(own):
        for imported in re.findall(r'from "\./([\w.]+)"', runtime._own(name)):
            assert imported in own[:place], name


@pytest.mark.slow
def test_nothing_that_draws_is_imported_before_it_is_needed():
    code = """
import sys
import companion
from companion import views
tokenizer, model = companion.load()
views.neuron_view(tokenizer, model, "Who?", "My name is Foo").html()
drawing = {"matplotlib", "IPython"}
print(sorted(drawing & set(sys.modules)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"
