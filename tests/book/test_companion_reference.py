"""The page of the companion names all that is public, in the code's own words."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import companion
from tools.sphinx_ext import companion_reference

ROOT = Path(__file__).parents[2]


def public(module):
    """What a module defines and does not hide."""
    return {
        name: thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    }


MODULES = {
    module.name: public(importlib.import_module(module.name))
    for module in pkgutil.walk_packages(companion.__path__, "companion.")
    if not module.name.rpartition(".")[2].startswith("_")
}


@pytest.fixture(scope="module")
def sections():
    """The text below the heading of each module."""
    page = companion_reference.markdown({"notebooks/06_qa_head"})
    parts = [part.partition("\n") for part in page.split("\n### companion")[1:]]
    return {f"companion{name}": text for name, _, text in parts}


@pytest.mark.parametrize("name", [name for name, things in MODULES.items() if things])
def test_each_public_name_stands_there_with_its_signature(name, sections):
    for thing, definition in MODULES[name].items():
        entry = sections[name].split(f"#### `{thing}`\n")[1].split("#### ")[0]
        assert inspect.cleandoc(definition.__doc__).splitlines()[0] in entry
        if inspect.isfunction(definition) and "exercises" not in name:
            for parameter in inspect.signature(definition).parameters:
                assert parameter in entry.split("```")[1]


def test_shapes_and_errors_are_lists(sections):
    entry = sections["companion.qa_head"].split("#### `span_logits`")[1]
    assert "- `hidden`: (B, T, H), the last hidden state." in entry
    assert "- *returns* Start logits and end logits, (B, T) each." in entry
    assert "- raises `TypeError, ValueError`: as `companion.checks` has them." in entry


def test_a_module_stands_in_its_chapter():
    page = companion_reference.markdown({"notebooks/06_qa_head"})
    chapter = page.split("## Chapter 6\n")[1].split("\n## ")[0]
    assert "Met in {doc}`/notebooks/06_qa_head`." in chapter
    for module in ("qa_head", "figures.qa_head", "exercises.qa_head"):
        assert f"### companion.{module}\n" in chapter


def test_what_the_package_hands_out_is_listed():
    listed = companion_reference.names()
    for name in companion.__all__:
        assert f"- `companion.{name}`, from `companion" in listed


def test_the_page_has_places_for_both():
    lines = (ROOT / "book/companion.md").read_text(encoding="utf-8").splitlines()
    assert {"% names", "% reference"} <= set(lines)
