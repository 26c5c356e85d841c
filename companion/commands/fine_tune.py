"""`python -m companion fine-tune`: train a model, measure it, write its card.

On several processors: `torchrun --nproc_per_node 2 -m companion fine-tune ...`, or
`accelerate launch -m companion fine-tune ...` with the same arguments.
"""

import argparse
from pathlib import Path

from companion.commands import (
    Options,
    add_recipe_options,
    described,
    integer,
    number,
    own_warnings,
)
from companion.fine_tuning.recipe import Recipe
from companion.training.options import ARITHMETIC

OPTIONS: Options = {
    "epochs": (integer(1), "how often each question is read; 2 beat 1 in ablations"),
    "seed": (integer(0), "of the order, of dropout, of what is drawn from the data"),
    "learning_rate": (
        number(0),
        "at its peak; in ablations half of it was worse and twice of it better; "
        "for 12 layers 3e-5 is usual",
    ),
    "batch": (integer(1), "windows in a step, for each process"),
    "length": (integer(1), "tokens in a window, the question's among them"),
    "dropout": (
        number(0, 1),
        "share of the numbers that are dropped in training; None: as the base has it",
    ),
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
        **described(
            "Train a model, measure it on what was held out, write its card. After a "
            "kill the same command goes on from the last save. The effect of single "
            "settings was measured: see the card in companion/embedded.",
            "fine-tune --data train.json --output my_model",
            "fine-tune --data own.json:2 web.json:0.1 --hold-out pages:8 none \\\n"
            "      --base my_model --epochs 1 --output my_second_model",
        ),
    )
    add_data_and_output(command)
    add_recipe_options(command, OPTIONS, Recipe())
    command.set_defaults(run=run)


def add_data_and_output(
    command: argparse.ArgumentParser, texts: str = "", bases: str = ""
) -> None:
    """Add what is read, what of it is held out, the base, and where the model goes.

    Args:
        texts, bases: what the help of `--data` and `--base` says besides.
    """
    command.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="FILE[:SHARE]",
        help="files in SQuAD's format (.json, .json.gz), `short-contexts`, or "
        f"hub:NAME@REVISION[/CONFIG[/SPLIT]]{texts}; FILE:0.5 takes half, FILE:2 all "
        "twice",
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
    command.add_argument(
        "--output", type=Path, required=True, help="folder to write to; must not exist"
    )
    command.add_argument(
        "--base",
        default="minilm-cased",
        help="a folder, a hub name with its revision, NAME@REVISION, minilm-cased or "
        f"minilm-uncased{bases}; default: %(default)s",
    )


def run(options: argparse.Namespace) -> None:
    """Train, measure and write the card; each warning of ours is a line."""
    from companion.fine_tuning.run import train  # imports Torch

    with own_warnings():
        train(
            options.data,
            options.hold_out,
            options.base,
            Recipe(**{name: getattr(options, name) for name in OPTIONS}),
            options.output,
            options.save_every,
        )
