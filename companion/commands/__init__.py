"""The commands of `python -m companion`, a module each, and what they share.

A module is imported when its command is called, so that the list of commands, a
version or a misspelt command does not wait for Torch.
"""

import argparse
import math
import re
from collections.abc import Callable

COMMANDS = {
    "ask": "answer a question about a text",
    "trace": "show a question's walk through the model",
    "fine-tune": "train a model; see `make train-deps`",
    "evaluate": "measure a model on questions with known answers",
}


def add_model_option(command: argparse.ArgumentParser) -> None:
    """Add `--model`, which `companion.load` takes."""
    command.add_argument(
        "--model", help="a folder or a hub name; default: the book's own"
    )


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
