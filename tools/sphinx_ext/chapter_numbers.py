"""Sphinx extension: number each chapter, and its figures, as its file's name does.

Sphinx counts the chapters in `_toc.yml`. The book has a number for each topic, whether
its chapter is written or not: `10_heads` is chapter 10 and begins with figure 10.1.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.environment.collectors.toctree import TocTreeCollector

from tools.chapters import chapter_of


def _renumber(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Put a chapter's number first wherever Sphinx keeps one; return what changed."""
    numbered = {name: chapter_of(name) for name in env.toc_secnumbers}
    chapters = {name: number for name, number in numbered.items() if number}
    for name, chapter in chapters.items():
        sections = env.toc_secnumbers[name]  # None for what has no number
        sections.update({k: (chapter, *old[1:]) for k, old in sections.items() if old})
        entries = [*env.tocs[name].findall(nodes.reference), env.titles[name]]
        for entry in entries:
            if entry.get("secnumber"):
                entry["secnumber"] = (chapter, *entry["secnumber"][1:])
    TocTreeCollector().assign_figure_numbers(env)
    return list(chapters)


def setup(app: Sphinx) -> dict[str, bool]:
    """Run after Sphinx has given its numbers, at priority 500."""
    app.connect("env-get-updated", _renumber, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
