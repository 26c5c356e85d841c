"""Sphinx extension: say what a page is, to those who share it and those who find it.

Each page gets a description and the tags of a preview (Open Graph), and in its footer
the licences, the version, and where to report a fault. `index.html` leads on to the
front page, and `404.html` stands in for what is not there. Addresses come from
`_config.yml`: `baseurl` and `repository_url`. Where one is empty, what needs it is left
out.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from companion import __version__

FRONT = "notebooks/index"
PICTURE = "_static/sharing.png"  # made by `make picture`
SIZE = (1200, 630)  # pixels: what those who show previews ask for
LEADS = ("What you'll do.", "What you’ll do.")  # with which a chapter begins
LONGEST = 200  # characters of a description
LICENCES = (
    ("text and pictures", "CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    ("code", "MIT", "https://opensource.org/license/mit"),
    ("model", "Apache 2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
)


def description(tree: nodes.document) -> str:
    """Return a page's first paragraph in one line, cut after a word if it is long."""
    paragraph = next(tree.findall(nodes.paragraph), None)
    text = " ".join(paragraph.astext().split()) if paragraph else ""
    for lead in LEADS:
        text = text.removeprefix(lead).strip()
    text = re.sub(":$", ".", text)
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(maxsplit=1)[0].rstrip(",;:(") + " …"


def tags(title: str, about: str, site: str, picture: str, address: str) -> str:
    """Return the tags of a page's head; without `address`, none that says it."""
    properties = {
        "og:type": "article" if title != site else "website",
        "og:site_name": site,
        "og:title": title,
        "og:description": about,
        "og:url": address,
        "og:image": picture,
        "og:image:width": str(SIZE[0]),
        "og:image:height": str(SIZE[1]),
        "og:image:alt": "A question, a sentence, and the model's answer marked in it.",
    }
    names = {"description": about, "twitter:card": "summary_large_image"}
    pairs = [("name", *pair) for pair in names.items()]
    pairs += [("property", *pair) for pair in properties.items()]
    return "\n".join(
        f'<meta {kind}="{name}" content="{escape(text)}" />'
        for kind, name, text in pairs
        if text
    )


def footer(repository: str) -> str:
    """Return version and licences; with a repository, where to report a fault."""
    licences = ", ".join(
        f'{what} <a href="{link}">{name}</a>' for what, name, link in LICENCES
    )
    lines = [f"Version {__version__}. Licences: {licences}."]
    if repository:
        url = escape(repository.rstrip("/"))
        lines.append(
            f'<a href="{url}">Source</a>. Something wrong on this page? '
            f'<a href="{url}/issues">Report a fault</a>.'
        )
    return "\n".join(f"<p>{line}</p>" for line in lines)


def plain(title: str) -> str:
    """Return a title without the HTML that it has on the page."""
    return unescape(re.sub("<[^>]*>", "", title))


def absolute(base: str, path: str) -> str:
    """Return where `path` is below the site's address, if that is known."""
    return f"{base.rstrip('/')}/{path}" if base else ""


def _add(
    app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any
) -> None:
    base, site = app.config.html_baseurl, app.config.html_title
    title = plain(context.get("title", site))
    about = description(tree) if tree else context.get("about", "")
    picture = absolute(base, PICTURE) or context["pathto"](PICTURE, 1)
    address = absolute(base, f"{page}.html")
    context["shared"] = tags(title, about, site, picture, address)
    repository = app.config.html_theme_options.get("repository_url", "")
    context["theme_extra_footer"] = footer(repository)


def _pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the pages that no document is the source of: name, context, template."""
    about = description(app.env.get_doctree(FRONT))
    titles = {name: title.astext() for name, title in app.env.titles.items()}
    names = sorted(titles, key=lambda name: (name.startswith("book/"), name))
    chapters = [(name, titles[name]) for name in names if name != FRONT]
    site, base = app.config.html_title, absolute(app.config.html_baseurl, "")
    yield "index", {"title": site, "about": about, "front": FRONT}, "lead_on.html"
    lost = {"title": "Page not found", "front": FRONT, "chapters": chapters}
    yield "404", {**lost, "base": base}, "404.html"


def setup(app: Sphinx) -> dict[str, bool]:
    """Add to each page, and make the two pages that have no source."""
    app.connect("html-page-context", _add)
    app.connect("html-collect-pages", _pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
