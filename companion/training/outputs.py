"""Refuse a place that cannot be written to, before the work whose result goes there."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def check_new_folder(option: str, path: Path) -> None:
    """Make sure that the folder `path` is not there and can be made.

    Raises:
        ValueError: naming the option.
    """
    if os.path.lexists(path):
        raise ValueError(f"{option} {path}: exists already")
    ancestor = next(p for p in path.absolute().parents if os.path.lexists(p))
    _check_writable(option, path, ancestor)


def partial_folder(output: Path) -> Path:
    """Where a folder is made, before it gets its name."""
    return output.with_name(f"{output.name}.partial")


def check_partial(option: str, output: Path, own: set[str]) -> None:
    """Make sure that the partial folder is new, or holds nothing but what is `own`.

    Raises:
        ValueError: naming the option and the file that is not.
    """
    partial = partial_folder(output)
    names = {p.name.removesuffix(".new") for p in partial.glob("*")}
    if strange := names - own:
        raise ValueError(
            f"{option} {output}: {partial} is in the way; no run of this command "
            f"wrote {min(strange)!r} in it"
        )


def check_facts(
    folder: Path, saved: Mapping[str, Any], asked: Mapping[str, Any], what: str
) -> None:
    """Make sure that what was begun in a folder is what is asked for now.

    Args:
        saved, asked: all that the result depends on, by name.
        what: is made there, for the message.
    Raises:
        ValueError: naming the first fact that differs.
    """
    for name in sorted(saved.keys() | asked.keys()):
        if saved.get(name) != asked.get(name):
            raise ValueError(
                f"{folder} holds {what} begun with {name} {saved.get(name)!r}, not "
                f"{asked.get(name)!r}: repeat that command to go on, or remove the "
                "folder to begin anew"
            )


def check_file(option: str, path: Path, suffixes: tuple[str, ...] = ()) -> None:
    """Make sure that the file `path` can be written, in a folder that is there.

    Args:
        suffixes: one of which it must have, if there are any.
    Raises:
        ValueError: naming the option.
    """
    if suffixes and path.suffix.lower() not in suffixes:
        raise ValueError(f"{option} {path}: must end in {' or '.join(suffixes)}")
    if path.is_dir():
        raise ValueError(f"{option} {path}: is a folder, wanted a file")
    if not path.absolute().parent.exists():
        raise ValueError(f"{option} {path}: there is no folder {path.parent}")
    _check_writable(option, path, path if path.exists() else path.absolute().parent)


def _check_writable(option: str, path: Path, place: Path) -> None:
    if not (place == path or place.is_dir()):
        raise ValueError(f"{option} {path}: {place} is not a folder")
    if not os.access(place, os.W_OK):
        raise ValueError(f"{option} {path}: {place} cannot be written to")
