"""`python -m companion fine-tune`: train a model, measure it, write its card.

On several processors: `torchrun --nproc_per_node 2 -m companion fine-tune ...`, or
`accelerate launch -m companion fine-tune ...` with the same arguments.
"""

import argparse
import sys
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from companion.commands import integer, number
from companion.fine_tuning.recipe import Recipe
from companion.training.options import ARITHMETIC

OPTIONS = {
    "epochs": (integer(1), "how often each question is read; 2 beat 1 in ablations"),
    "seed": (integer(0), "of the order, of dropout, of what is drawn from the data"),
    "learning_rate": (
        number(0),
        "at its peak; in ablations half of it was worse and twice of it better; "
        "for 12 layers 3e-5 is usual",
    ),
    "batch": (integer(1), "windows in a step, for each process"),
    "length": (integer(1), "tokens in a window, the question's among them"),
    "no_answer": (
        number(0, 1),
        "share of the questions that come again without an answer",
    ),
    "average_with_base": (
        number(0, 1),
        "share of the starting point in the final weights",
    ),
    "arithmetic": (
        str,
        f"{' or '.join(ARITHMETIC)}, or what the processor is fastest with",
    ),
}


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options; those of `Recipe` have their defaults there."""
    command = commands.add_parser(
        "fine-tune",
        description="Train a model, measure it on what was held out, write its card. "
        "After a kill the same command goes on from the last save. The effect of "
        "single settings was measured: see the card in companion/embedded.",
    )
    _add_data(command)
    command.add_argument(
        "--output", type=Path, required=True, help="folder to write to; must not exist"
    )
    command.add_argument(
        "--base",
        default="minilm-cased",
        help="a folder, a hub name with its revision, NAME@REVISION, minilm-cased or "
        "minilm-uncased; default: %(default)s",
    )
    for name, (kind, text) in OPTIONS.items():
        command.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            default=getattr(Recipe(), name),
            help=f"{text}; default: %(default)s",
        )
    command.add_argument(
        "--save-every", type=integer(1), default=200, help="steps; default: %(default)s"
    )
    command.set_defaults(run=run)


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="FILE[:SHARE]",
        help="files in SQuAD's format (.json, .json.gz), `short-contexts`, or "
        "hub:NAME@REVISION[/CONFIG[/SPLIT]]; FILE:0.5 takes half, FILE:2 all twice",
    )
    command.add_argument(
        "--hold-out",
        nargs="+",
        default=["paragraphs:0.1"],
        metavar="RULE",
        help="what is measured with and never trained on, one rule for all files or "
        "one for each: paragraphs:N (the last ones), pages:N (those whose titles sort "
        "last), where N is a number or a share such as 0.1, or none; default: "
        "paragraphs:0.1",
    )
    command.add_argument(
        "--all",
        action="store_const",
        const=["none"],
        dest="hold_out",
        help="the same as --hold-out none",
    )


def run(options: argparse.Namespace) -> None:
    """Train, measure and write the card; each warning of ours is a line."""
    from companion.fine_tuning.run import train
    from companion.fine_tuning.squad import LeftOut  # imports Torch, as the next one

    with warnings.catch_warnings():
        warnings.simplefilter("always", LeftOut)
        warnings.showwarning = partial(_show, warnings.showwarning, LeftOut)
        train(
            options.data,
            options.hold_out,
            options.base,
            Recipe(**{name: getattr(options, name) for name in OPTIONS}),
            options.output,
            options.save_every,
        )


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
