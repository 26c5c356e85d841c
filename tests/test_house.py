"""The layout: which package may import which, and one name for one thing."""

import ast
import collections
import graphlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMPANION = ROOT / "companion"
TOPICS = sorted(path.stem[3:] for path in ROOT.glob("book/[0-9][0-9]_*.md"))
FOLDERS = ("companion", "tools", "benchmarks", "oracle", "tests")
SOURCES = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]

# Each imports only what comes before it. A new module or package gets a place here.
ORDER = [
    *("_version", "lazy", "extras", "checksums", "devices", "checks", "listings"),
    *("architecture", "tokens", "embeddings", "attention", "encoder", "qa_head"),
    *("rounding", "loading", "running", "measured", "projection", "comparison"),
    *("qa_pipeline", "transformers_pipeline"),
    *("heads", "figures", "training", "bulk", "fine_tuning"),
    *("pretraining", "exercises", "views", "live", "companion", "commands", "__main__"),
]
IN_SEVERAL = {"add_parser", "run"}  # what each of the commands has


def module_name(path):
    """`companion.heads.weights`; a package is named by its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(COMPANION.rglob("*.py"))}
PACKAGES = [name for name, path in MODULES.items() if path.name == "__init__.py"]


def is_for_types(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def nodes(tree):
    """All nodes but those that only a type checker reads."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting += (n for n in ast.iter_child_nodes(node) if not is_for_types(n))
        yield node


def imported(path):
    """The modules of `companion` that a file imports, wherever in it."""
    for node in nodes(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for name in (f"{node.module}.{alias.name}" for alias in node.names):
                yield name if name in MODULES else node.module


@pytest.fixture(scope="module")
def imports():
    return {name: set(imported(path)) for name, path in MODULES.items()}


def unit(module):
    """The module or package at the top of `companion` that a module belongs to."""
    return module.split(".")[1] if "." in module else module


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_what_comes_before_it(imports, module):
    place = ORDER.index(unit(module))
    for other in imports[module]:
        assert unit(other) == unit(module) or ORDER.index(unit(other)) < place, other


def test_no_imports_run_in_a_circle(imports):
    graphlib.TopologicalSorter(imports).prepare()


def test_only_commands_and_training_draw(imports):
    users = {unit(m) for m, others in imports.items() if "figures" in map(unit, others)}
    assert users - {"figures"} <= {"commands", "fine_tuning"}


def test_the_companion_can_be_seen_at_a_glance():
    assert len([path for path in COMPANION.iterdir() if path.is_file()]) <= 20


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_has_one_name_everywhere(topic):
    for folder in (COMPANION, COMPANION / "figures", COMPANION / "exercises"):
        assert (folder / f"{topic}.py").exists() or (folder / topic).is_dir()
    tests = ROOT / "tests"
    for folder in (tests, tests / "figures", tests / "exercises"):
        assert (folder / f"test_{topic}.py").exists() or (folder / topic).is_dir()


def definitions(path):
    """The public functions and classes at the top of a file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        is_definition = isinstance(node, ast.FunctionDef | ast.ClassDef)
        if is_definition and not node.name.startswith("_"):
            yield node.name


def test_a_public_name_means_one_thing():
    places = collections.defaultdict(list)
    for module, path in MODULES.items():
        for name in definitions(path):
            places[name].append(module)
    several = {n: at for n, at in places.items() if len(at) > 1 and n not in IN_SEVERAL}
    assert not several


@pytest.mark.parametrize("package", PACKAGES)
def test_what_a_package_offers_hides_none_of_its_modules(package):
    tree = ast.parse(MODULES[package].read_text("utf-8"))
    offered = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module != package
        for alias in node.names
    }
    assert not {name for name in offered if f"{package}.{name}" in MODULES}


def test_our_own_functions_are_called_by_their_own_names():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in MODULES:
                for alias in node.names:
                    is_module = f"{node.module}.{alias.name}" in MODULES
                    assert is_module or not alias.asname, f"{path}: {alias.asname}"
