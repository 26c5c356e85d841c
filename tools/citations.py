"""Cite the book's references by authors and year, as links in plain Markdown."""

from functools import cache
from pathlib import Path

from pybtex.database import Entry, parse_file  # type: ignore[import-untyped]

REFERENCES = Path(__file__).parents[1] / "book" / "references.bib"


@cache
def _entries() -> dict[str, Entry]:
    return dict(parse_file(REFERENCES).entries)


def _authors(entry: Entry) -> str:
    names = [" ".join(person.last_names) for person in entry.persons["author"]]
    if len(names) > 2:
        return f"{names[0]} et al."
    return " and ".join(names)


def in_brackets(keys: str) -> str:
    """Return the works `keys`: ([Devlin et al., 2019](url); [Ba et al., 2016](url))."""
    works = [_entries()[key.strip()] for key in keys.split(",")]
    links = [f"[{_authors(w)}, {w.fields['year']}]({w.fields['url']})" for w in works]
    return f"({'; '.join(links)})"


def in_text(key: str) -> str:
    """Return a work as a part of a sentence: [Devlin et al. (2019)](url)."""
    work = _entries()[key]
    return f"[{_authors(work)} ({work.fields['year']})]({work.fields['url']})"
