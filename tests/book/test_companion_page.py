"""The page of the companion lists what the chapters call, and the text links to it."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import jupytext
import pytest

ROOT = Path(__file__).parents[2]
CHAPTERS = sorted((ROOT / "book").glob("[0-9][0-9]_*.md"))
PAGE = (ROOT / "book" / "companion.md").read_text(encoding="utf-8")
ELSEWHERE = ("companion.figures", "companion.exercises")  # the page says so


def thing(name):
    """What a dotted name stands for, or None."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found
    return None


LISTED = re.findall(r"^\.\. auto(?:function|class|exception):: (\S+)$", PAGE, re.M)
THINGS = {thing(name): name for name in LISTED}


def called(source):
    """The functions and classes of the companion that a chapter's cells name."""
    text = "\n".join(
        c.source for c in jupytext.read(source).cells if c.cell_type == "code"
    )
    tree, names = ast.parse(text), {"companion": "companion"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("companion"):
            names |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name):
            root, _, rest = ast.unparse(node).partition(".")
            if root in names:
                found = thing(f"{names[root]}.{rest}".rstrip("."))
                if inspect.isfunction(found) or inspect.isclass(found):
                    yield found


def test_each_name_on_the_page_is_something():
    assert len(LISTED) > 60
    assert None not in THINGS


@pytest.mark.parametrize("source", CHAPTERS, ids=lambda s: s.stem)
def test_the_page_lists_what_a_chapter_calls(source):
    used = {t for t in called(source) if not t.__module__.startswith(ELSEWHERE)}
    assert len(used) > 3
    missing = [t.__qualname__ for t in used if t not in THINGS]
    assert not missing, f"add to book/companion.md: {missing}"


@pytest.mark.parametrize("source", CHAPTERS, ids=lambda s: s.stem)
def test_a_chapters_text_links_to_what_it_names(source):
    """The first mention of a listed name that the chapter calls is a link to it."""
    names = {THINGS[t].rpartition(".")[2] for t in called(source) if t in THINGS}
    text = "\n".join(
        c.source for c in jupytext.read(source).cells if c.cell_type == "markdown"
    )
    links = dict.fromkeys(re.findall(r"\{py:\w+\}`[^`]*?(\w+)>?`", text))
    assert links
    for name in names:
        mentions = re.findall(rf"(?<!\}})`(?:\w+\.)?{name}(?:\([^`]*\))?`", text)
        assert not mentions or name in links, f"{name} is not linked"
