"""Sphinx extension: put right in the HTML what a screen reader stumbles over."""

from sphinx.application import Sphinx

# docutils calls the references a list, of entries that no list may have.
WRONG = {'<div role="list" class="citation-list">': '<div class="citation-list">'}


def _put_right(
    app: Sphinx, page: str, template: str, context: dict, doctree: object
) -> None:
    for wrong, right in WRONG.items():
        context["body"] = context.get("body", "").replace(wrong, right)


def setup(app: Sphinx) -> dict[str, bool]:
    """Go through each page before it is written."""
    app.connect("html-page-context", _put_right)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
