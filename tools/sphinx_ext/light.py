"""Sphinx extension: leave out of the pages what the theme brings and no page needs.

Its icons are a script of 1.5 MB, of which the book has a dozen; its style has rules for
the whole of Bootstrap. So the icons get a style of their own, and rules for classes
that stand in no page and in no script are dropped. `templates/` names what is left.
"""

import re
from importlib import resources
from pathlib import Path
from urllib.parse import quote

from sphinx.application import Sphinx

from tools.sphinx_ext import live

ICONS = ["angle-left", "angle-right", "arrow-up", "bars", "circle-half-stroke"]
ICONS += ["download", "file", "file-pdf", "list", "magnifying-glass", "moon", "sun"]
ICONS += ["xmark"]
ALL_ICONS = "theme/pydata_sphinx_theme/static/scripts/fontawesome.js"
STYLE = "icons.css"
LARGE = 30_000  # bytes: smaller styles stay as they are
BUILT_BY_SCRIPTS = re.compile("fade|show|coll|modal|tooltip|bs-")  # from parts of names


def icon_rule(name: str, script: str) -> str:
    """Return the style of an icon: its shape is a mask, so it has the text's colour.

    Args:
        name: without `fa-`.
        script: Font Awesome's, which has each icon's size and path.
    Raises:
        ValueError: if the script has no such icon.
    """
    entry = rf'[,{{]"?{name}"?:\[(\d+),(\d+),\[[^\]]*\],"\w+","([^"]+)"\]'
    if not (found := re.findall(entry, script)):
        raise ValueError(f"name: the icons of the theme have no {name}")
    width, height, path = found[-1]  # the solid ones are the last
    box = f'viewBox="0 0 {width} {height}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {box}><path d="{path}"/></svg>'
    return f'.fa-{name}::before {{ --icon: url("data:image/svg+xml,{quote(svg)}") }}\n'


def icons() -> str:
    """Return the style of all icons that the book has."""
    files = resources.files("pydata_sphinx_theme")
    script = files.joinpath(ALL_ICONS).read_text(encoding="utf-8")
    every = ", ".join(f".fa-{name}::before" for name in ICONS)
    look = "display: inline-block; width: 1em; height: 1em; vertical-align: -0.125em; "
    look += 'content: ""; background: currentColor; mask: var(--icon) center / contain '
    rules = "".join(icon_rule(name, script) for name in ICONS)
    without_font = ".fa-solid, .fas { font-family: inherit }\n"  # or it would be loaded
    without_font += "a.github::before { content: none }\n"  # 118 kB for one picture
    return f"{without_font}{every} {{ {look}no-repeat }}\n{rules}"


def pruned(css: str, used: set[str]) -> str:
    """Return `css` without the rules that need a class which is not among `used`."""
    kept, start, depth = [], 0, 0
    for brace in re.finditer(r"[{}]", css):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            kept.append(_kept(css[start : brace.end()], used))
            start = brace.end()
    return "".join(kept) + css[start:]


def _kept(rule: str, used: set[str]) -> str:
    """Return a rule or nothing; of a group of rules, such as `@media`, what is left."""
    selectors, _, body = rule.partition("{")
    plain = re.sub(r"/\*.*?\*/", "", selectors, flags=re.S).strip()
    if plain.startswith(("@media", "@supports")):
        inside = pruned(body[:-1], used)
        return f"{selectors}{{{inside}}}" if inside.strip() else ""
    if plain.startswith("@"):
        return rule
    while "(" in plain:  # what stands in :not(), :is() and their like is no condition
        plain, brackets = re.subn(r"\([^()]*\)", "", plain)
        if not brackets:
            return rule
    is_needed = any(_may_match(one, used) for one in plain.split(","))
    return rule if is_needed else ""


def _may_match(selector: str, used: set[str]) -> bool:
    classes = re.findall(r"\.((?:[\w-]|\\.)+)", selector)
    return all(name in used or BUILT_BY_SCRIPTS.search(name) for name in classes)


def _write_icons(app: Sphinx) -> None:
    folder = Path(app.outdir, "_static")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STYLE).write_text(icons(), encoding="utf-8", newline="\n")
    app.add_css_file(STYLE)


def _may_have_names(path: Path) -> bool:
    """Tell whether a file is no icon font, and no block of the model's weights."""
    is_of_the_model = path.parent.name == live.FOLDER
    is_script = path.as_posix().endswith(live.SCRIPT)
    return path.stem != "fontawesome" and (is_script or not is_of_the_model)


def _prune(app: Sphinx, error: Exception | None) -> None:
    if error or app.builder.format != "html":
        return
    files = [p for p in Path(app.outdir).rglob("*.*") if p.suffix in (".html", ".js")]
    texts = (p.read_text(encoding="utf-8") for p in files if _may_have_names(p))
    used = {word for text in texts for word in re.findall(r"[\w-]+", text)}
    for path in Path(app.outdir, "_static").rglob("*.css"):
        if path.stat().st_size > LARGE:
            css = pruned(path.read_text(encoding="utf-8"), used)
            path.write_text(css, encoding="utf-8", newline="\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the icons' style first, and prune the styles when all pages are there."""
    app.connect("builder-inited", _write_icons)
    app.connect("build-finished", _prune)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
