"""Packages that load what they offer when it is asked for (PEP 562).

`python -m companion --help` imports `companion` first, and Torch takes seconds.
"""

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping


def attributes(
    package: str, places: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make a package's `__getattr__` and `__dir__`; submodules are attributes too.

    Args:
        package: its name, `__name__`.
        places: for each name that it offers the submodule that defines it.
    """

    def __getattr__(name: str) -> object:
        if name in places:
            module = importlib.import_module(f"{package}.{places[name]}")
            return getattr(module, name)
        if not name.startswith("_") and importlib.util.find_spec(f"{package}.{name}"):
            return importlib.import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[package]), *places})

    return __getattr__, __dir__
