"""What the READMEs, CONTRIBUTING and the pages name is there: files, commands, code."""

import importlib
import importlib.util
import re
import shlex
import tomllib
from pathlib import Path

import pytest

from companion import __main__ as command_line
from companion.commands import COMMANDS

ROOT = Path(__file__).parents[1]
FRONT = ["README.md", "CONTRIBUTING.md", "THIRD_PARTY_NOTICES.md"]
FRONT += ["companion/embedded/README.md", "benchmarks/README.md"]
BOOK = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("book/*.md"))
EVERY = [*FRONT, *BOOK]

LINK = re.compile(r"\]\(([^)\s]+)\)|\bsrc=\"([^\"]+)\"")
FILE = re.compile(
    r"`((?:[\w.*-]+/)+(?:[\w.*-]+\.(?:md|py|toml|json|jsonl|yml|txt|js|css|bib|gz|png|"
    r"ipynb|safetensors))?|[A-Z]\w+\.(?:md|toml))`"
)
MADE = ("_build/", ".venv/", "runs/", "FOLDER/")  # by a command, or by the reader
CODE = re.compile(r"^```\w*\n(.*?)^```|((?:^ {4}\S[^\n]*\n)+)|`([^`\n]+)`", re.M | re.S)
NAME = re.compile(r"`((?:companion|tools|oracle|benchmarks)(?:\.\w+)+)(?:\(.*?\))?`")
PROGRAM = re.compile(
    r"\s*(?:[A-Z_]+=\S+\s+)*((?:make|python -m|pytest)\b[^.;]*$|python -m .*)"
)
TARGET = re.compile(r"^([a-z-]+):", re.M)


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def commands(page):
    """Every command in a block or in a line: its words, from the program's name on."""
    for block in CODE.findall(read(page)):
        for line in "".join(block).replace("\\\n", " ").splitlines():
            command = PROGRAM.match(line)
            if command:
                yield shlex.split(line[command.start(1) :], comments=True)


def after(words, *start):
    """What follows `start` in a command, or None if it is another command."""
    return words[len(start) :] if tuple(words[: len(start)]) == start else None


@pytest.mark.parametrize("page", FRONT)
def test_each_link_within_the_repository_leads_to_a_file(page):
    for found in LINK.findall(read(page)):
        target = "".join(found).partition("#")[0]
        if target and not re.match(r"https?://", target):
            assert (ROOT / page).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("page", EVERY)
def test_each_file_that_is_named_is_there(page):
    for name in FILE.findall(read(page)):
        if not name.startswith(MADE) and "topic" not in name:
            assert list(ROOT.glob(name)), name


@pytest.mark.parametrize("page", EVERY)
def test_each_name_in_the_code_is_there(page):
    for name in NAME.findall(read(page)):
        if not name.endswith((".md", ".py", ".json", ".ipynb")):
            assert thing(name) is not None, name


def thing(name):
    """The module, function or field that a dotted name leads to, or None."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        module = ".".join(parts[:end])
        if importlib.util.find_spec(parts[0]) and spec(module):
            found = importlib.import_module(module)
            for part in parts[end:]:
                fields = getattr(found, "__annotations__", {})
                found = getattr(found, part, fields.get(part))
            return found
    return None


def spec(module):
    try:
        return importlib.util.find_spec(module)
    except ModuleNotFoundError:  # a parent is no package
        return None


@pytest.mark.parametrize("page", EVERY)
def test_each_target_of_make_is_in_the_makefile(page):
    targets = set(TARGET.findall(read("Makefile")))
    for words in commands(page):
        for target in after(words, "make") or []:
            if re.fullmatch("[a-z-]+", target):
                assert target in targets, " ".join(words)


@pytest.mark.parametrize("page", EVERY)
def test_each_program_is_there_and_the_companion_knows_each_option(page):
    for words in commands(page):
        program = after(words, "python", "-m")
        if program and program[0].startswith(("companion", "tools", "oracle", "bench")):
            assert spec(program[0]), " ".join(words)
        options = after(words, "python", "-m", "companion")
        if options and options[0] in COMMANDS and len(options) > 1:
            command_line._parser(options).parse_args(options)


def test_what_each_command_of_the_front_page_needs_is_found():
    """The tests above read something, and see what is not there."""
    found = [" ".join(words) for words in commands("README.md")]
    assert "make book" in found
    assert any(line.startswith("python -m companion ask Who?") for line in found)
    assert thing("companion.trace")
    assert thing("companion.encoder.Trace.layers")
    assert thing("companion.encode") is None
    assert thing("companion.nowhere.encode") is None
    with pytest.raises(SystemExit):
        command_line._parser(["ask"]).parse_args(["ask", "--fil", "a", "--such"])


def without_zeros(version):
    return re.sub(r"(\.0)+$", "", version)


def test_the_versions_agree():
    pyproject = tomllib.loads(read("pyproject.toml"))["project"]
    oldest = dict(
        line.split("==") for line in read(".ci/oldest.txt").split() if "==" in line
    )
    groups = [pyproject["dependencies"], *pyproject["optional-dependencies"].values()]
    for requirement in {line for group in groups for line in group}:
        if not requirement.startswith("inside-bert"):
            name, floor = re.match(r"([\w-]+)>=([\d.]+)", requirement).groups()
            assert without_zeros(oldest[name]) == without_zeros(floor), requirement
