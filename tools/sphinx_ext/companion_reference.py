"""Sphinx extension: write the reference of the companion from its code.

In `book/companion.md` the line `% reference` stands for all public functions and
classes with their signatures and docstrings, `% names` for what `companion` itself
hands out. Both are read from the files when the book is built: nothing can fall behind.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from sphinx.application import Sphinx

ROOT = Path(__file__).parents[2]
COMPANION = ROOT / "companion"
PAGE = "book/companion"
SECTION = re.compile(r"^(Args|Returns|Raises|Yields):$", re.MULTILINE)


@dataclass
class Module:
    """A file of the companion, and the number of its chapter, or None."""

    path: Path
    tree: ast.Module
    chapter: int | None

    @property
    def name(self) -> str:
        """As it is imported: `companion.figures.qa_head`."""
        return ".".join(self.path.relative_to(ROOT).with_suffix("").parts)


def modules() -> list[Module]:
    """Those with something public in them, by chapter; last those of none."""
    found = []
    for path in sorted(COMPANION.rglob("[!_]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(entries(tree)):
            found.append(Module(path, tree, _chapter(path, tree)))
    return sorted(found, key=lambda m: (m.chapter or 99, len(m.path.parts), m.path))


def _chapter(path: Path, tree: ast.Module) -> int | None:
    """That of the page with the module's name, or the one a docstring names."""
    pages = list((ROOT / "book").glob(f"[0-9][0-9]_{path.stem}.md"))
    pages += list((ROOT / "book").glob(f"[0-9][0-9]_{path.parent.name}.md"))
    if pages:
        return int(pages[0].name[:2])
    package = ast.parse((path.parent / "__init__.py").read_text(encoding="utf-8"))
    said = [ast.get_docstring(t) or "" for t in (tree, package)]
    named = re.search(r"[Cc]hapters? (\d)", "\n".join(said))
    return int(named[1]) if named else None


def entries(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Name and node of each public function, class, and method that says what it does.

    A method's name has its class in front: `QuestionAnswerer.__call__`.
    """
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and _is_public(node):
            yield node.name, node
            for part in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(part, ast.FunctionDef) and _is_public(part):
                    yield f"{node.name}.{part.name}", part


def _is_public(node: ast.FunctionDef | ast.ClassDef) -> bool:
    return node.name == "__call__" or not node.name.startswith("_")


def names() -> str:
    """A list of what `companion/__init__.py` imports, and from where."""
    tree = ast.parse((COMPANION / "__init__.py").read_text(encoding="utf-8"))
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    return "\n".join(
        f"- `companion.{alias.name}`, from `{node.module}`"
        for node in imports
        for alias in node.names
    )


def markdown(documents: set[str]) -> str:
    """The whole reference; a chapter is linked if it is among the `documents`."""
    parts, chapter = [], 0
    for module in modules():
        if module.chapter != chapter:
            chapter = module.chapter
            parts.append(_heading(chapter, documents))
        parts.append(f"### {module.name}")
        parts.append(ast.get_docstring(module.tree))
        source = module.path.read_text(encoding="utf-8").splitlines()
        parts += [_entry(name, node, source) for name, node in entries(module.tree)]
    return "\n\n".join(parts)


def _heading(chapter: int | None, documents: set[str]) -> str:
    if chapter is None:
        return "## Tools"
    heading = f"## Chapter {chapter}"
    pages = [d for d in documents if d.startswith(f"notebooks/0{chapter}_")]
    return heading + "".join(f"\n\nMet in {{doc}}`/{page}`." for page in pages)


def _entry(name: str, node: ast.AST, source: list[str]) -> str:
    """Name, signature as the file has it, and what the docstring says.

    All checks of exercises have the same signature, so theirs is left out.
    """
    signature = dedent("\n".join(source[node.lineno - 1 : node.body[0].lineno - 1]))
    text, *sections = SECTION.split(ast.get_docstring(node) or "")
    items = [
        _items(title, body)
        for title, body in zip(sections[::2], sections[1::2], strict=True)
    ]
    is_check = signature == f"def {name}(answer: object) -> None:"
    code = "" if is_check else f"```python\n{signature}\n```"
    return "\n\n".join([f"#### `{name}`", code, text.strip(), "\n".join(items)])


def _items(title: str, body: str) -> str:
    """A section of a docstring as a list: an item for each name and its text."""
    body = dedent(body.strip("\n"))
    if title in ("Returns", "Yields"):
        return f"- *returns* {indent(body, '  ').strip()}"
    lines = re.sub(r"^(\*{0,2}\w[\w, *]*): ", r"- `\1`: ", body, flags=re.MULTILINE)
    mark = "raises " if title == "Raises" else ""
    return lines.replace("- `", f"- {mark}`").strip()


def setup(app: Sphinx) -> dict[str, bool]:
    """Put the reference into its page when that is read."""

    def write(app: Sphinx, document: str, source: list[str]) -> None:
        if document == PAGE:
            whole = source[0].replace("% names", names())
            source[0] = whole.replace("% reference", markdown(app.env.found_docs))
            for module in modules():
                app.env.note_dependency(str(module.path))

    app.connect("source-read", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
