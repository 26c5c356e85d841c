"""The commands of `python -m companion`, a module each, and what they share.

A module is imported when its command is called, so that the list of commands, a
version or a misspelt command does not wait for Torch.
"""

import argparse
import contextlib
import math
import re
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

Options = Mapping[str, tuple[Callable[[str], Any], str]]
COMMANDS = {
    "ask": "answer a question about a text",
    "trace": "show a question's walk through the model",
    "pretrain": "train a model to guess hidden words",
    "fine-tune": "train a model to answer; see `make train-deps`",
    "evaluate": "measure a model on questions with known answers",
}


def add_model_option(command: argparse.ArgumentParser) -> None:
    """Add `--model`, which `companion.load` takes."""
    command.add_argument(
        "--model", help="a folder or a hub name; default: the book's own"
    )


def add_device_option(command: argparse._ActionsContainer, default: str) -> None:
    """Add `--device`, which `companion.question_answerer` takes."""
    command.add_argument(
        "--device", help=f"where to compute, such as cpu or cuda; default: {default}"
    )


def described(text: str, *examples: str) -> dict[str, Any]:
    """What `add_parser` needs for a help that ends with commands to try."""
    lines = "\n".join(f"  python -m companion {example}" for example in examples)
    return {
        "description": textwrap.fill(text, 80),
        "epilog": f"examples:\n{lines}",
        "formatter_class": argparse.RawDescriptionHelpFormatter,  # keeps the lines
    }


def integer(least: int) -> Callable[[str], int]:
    """Make a `type=` for an option: a whole number in digits, at least `least`."""

    def convert(text: str) -> int:
        if not re.fullmatch("-?[0-9]+", text) or int(text) < least:
            raise argparse.ArgumentTypeError(
                f"must be a whole number, at least {least}, not {text!r}"
            )
        return int(text)

    return convert


def number(least: float, most: float = math.inf) -> Callable[[str], float]:
    """Make a `type=` for an option: a number from `least` to `most`, such as 1e-4."""

    def convert(text: str) -> float:
        digits = re.fullmatch(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?", text)
        value = float(text) if digits else math.nan
        if not (least <= value <= most and math.isfinite(value)):
            upper = f" and at most {most}" if math.isfinite(most) else ""
            raise argparse.ArgumentTypeError(
                f"must be a number, at least {least}{upper}, not {text!r}"
            )
        return value

    return convert


def add_recipe_options(
    command: argparse.ArgumentParser,
    options: Options,
    recipe: object,
) -> None:
    """Add an option for each setting of a recipe, and `--save-every`.

    Args:
        options: for each name how it is read, and its help.
        recipe: has the defaults.
    """
    for name, (kind, text) in options.items():
        command.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            default=getattr(recipe, name),
            help=f"{text}; default: %(default)s",
        )
    command.add_argument(
        "--save-every", type=integer(1), default=200, help="steps; default: %(default)s"
    )


@contextlib.contextmanager
def own_warnings() -> Iterator[None]:
    """Print each warning about the data as a line, without the place in the code."""
    from companion.fine_tuning.squad import LeftOut  # imports Torch

    with warnings.catch_warnings():
        warnings.simplefilter("always", LeftOut)
        warnings.showwarning = partial(_show, warnings.showwarning, LeftOut)
        yield


def _show(
    others: Callable[..., None],
    kind: type[Warning],
    message: Warning | str,
    category: type[Warning],
    *place: Any,
) -> None:
    """Print a warning of ours without the place in the code; hand on the others."""
    if issubclass(category, kind):
        print(f"companion: {message}", file=sys.stderr)
    else:
        others(message, category, *place)
