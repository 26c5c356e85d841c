"""The model's two scripts: the worker's, and that of a page with panels.

Each is put together from the modules of this folder, in the order of their imports;
the kernel is compiled from its text. Nothing of it is stored in the repository.
"""

import base64
import json
import re
from functools import cache
from importlib import resources
from typing import Any

from companion import extras
from companion.views.runtime import scoped

WORKER = (
    "formulas.js",
    "kernel.js",
    "weights.js",
    "wordpiece.js",
    "answer.js",
    "attention.js",
    "bert.js",
    "heads.js",
    "loading.js",
    "guesser.js",
    "proof.js",
    "reader.js",
    "worker.js",
)
INSERT = re.compile(r"^ */\* insert (\S+) \*/", re.MULTILINE)


def kernel() -> bytes:
    """The kernel as WebAssembly.

    Raises:
        extras.MissingExtra: if wasmtime, whose compiler it takes, is not installed.
    """
    return bytes(extras.require("wasmtime", "live").wat2wasm(source("kernel.wat")))


def worker() -> str:
    """The script that runs beside the page."""
    parts = "\n".join(scoped(source(name)) for name in WORKER)
    return f'"use strict";\n(() => {{\n{parts}}})();\n'


def page(sizes: dict[str, int]) -> str:
    """The script of a page with panels.

    Args:
        sizes: letters of each block that is loaded before the first answer.
    """
    parts = {
        "worker": worker(),
        "code": base64.b64encode(kernel()).decode("ascii"),
        "sizes": sizes,
    }
    text = INSERT.sub(lambda found: scoped(source(found[1])), source("page.js"))
    return f"const PARTS = {_literal(parts)};\n{text}"


def block(name: str, packed: str) -> str:
    """The script that brings a block: its name and its text."""
    return f'insideBertBlock("{name}", "{packed}");\n'


def _literal(value: Any) -> str:
    """JSON that may stand in a script, and in a page."""
    return json.dumps(value, ensure_ascii=True).replace("</", "<\\/")


@cache
def source(name: str) -> str:
    """A file of this folder."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
