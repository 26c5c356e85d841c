"""Import what a plain installation lacks, or name the extra that brings it.

figures   Matplotlib
train     Accelerate
explain   Captum
live      wasmtime, which compiles the kernel of the model in the page
"""

import importlib
from types import ModuleType


class MissingExtra(ModuleNotFoundError):
    """An optional package is not installed; the message has the command that helps."""


def require(package: str, extra: str) -> ModuleType:
    """Import and return `package`, which the extra `extra` installs.

    Raises:
        MissingExtra: if it is not installed.
    """
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if not f"{package}.".startswith(f"{error.name}."):
            raise  # it is there, and lacks something itself
        raise MissingExtra(
            f"{package} is not installed, and this needs it: "
            f'pip install "inside-bert[{extra}]"',
            name=package,
        ) from None
