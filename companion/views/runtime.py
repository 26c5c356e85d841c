"""The one script that brings views to life, put together from its parts.

It is large, and most of it is by others: BertViz's three scripts, d3 and jQuery, read
from the installed packages, so that the repository holds no copy of them. `runtime.js`
is the frame: at each of its lines `/* insert NAME */` goes the part of that name. Our
own parts are JavaScript modules, each of which imports only those inserted above it.
"""

import re
from functools import cache
from importlib import resources

from companion import extras

PACKAGES = {
    "d3": ("mpld3", "js/d3.v5.min.js"),
    "jquery": ("sphinxcontrib.jquery", "jquery.js"),
    "bertviz/head": ("bertviz", "head_view.js"),
    "bertviz/model": ("bertviz", "model_view.js"),
    "bertviz/neuron": ("bertviz", "neuron_view.js"),
}
INSERT = re.compile(r"/\* insert (\S+) \*/")
IMPORT = re.compile(r'^import\s[^;]*?from\s"[^"]+";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?=const |function |class )", re.MULTILINE)


@cache
def script() -> str:
    """Return the script.

    Raises:
        extras.MissingExtra: if a package that has a part of it is not installed.
        ValueError: if a part contains `</script`, which would end it in a page.
    """
    text = INSERT.sub(lambda match: _part(match[1]), _own("runtime.js"))
    if "</script" in text.lower():
        raise ValueError("a part of the views' script contains </script")
    return text


def _part(name: str) -> str:
    if name in PACKAGES:
        package, path = PACKAGES[name]
        files = resources.files(extras.require(package, "views"))
        return files.joinpath(path).read_text(encoding="utf-8")
    return EXPORT.sub("", IMPORT.sub("", _own(name)))


def _own(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
