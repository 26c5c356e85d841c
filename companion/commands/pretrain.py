"""`python -m companion pretrain`: train a model to guess hidden words.

On several processors: `torchrun --nproc_per_node 2 -m companion pretrain ...`, or
`accelerate launch -m companion pretrain ...` with the same arguments.
"""

import argparse

from companion.commands import (
    Options,
    add_recipe_options,
    described,
    integer,
    number,
    own_warnings,
)
from companion.commands.fine_tune import add_data_and_output
from companion.pretraining.recipe import FROZEN, PretrainingRecipe
from companion.training.options import ARITHMETIC

OPTIONS: Options = {
    "epochs": (integer(1), "how often each text is read, with other words hidden"),
    "seed": (integer(0), "of the order, of what is hidden, of new weights"),
    "learning_rate": (number(0), "at its peak; 1e-4 is usual for 12 layers"),
    "batch": (integer(1), "pieces in a step, for each process"),
    "length": (integer(8), "tokens in a piece"),
    "hide": (number(0, 1), "share of the tokens that are hidden"),
    "dropout": (number(0, 1), "share of the numbers that are dropped in training"),
    "freeze": (str, f"what stays as it is: {', '.join(FROZEN)}"),
    "arithmetic": (
        str,
        f"{' or '.join(ARITHMETIC)}, or what the processor is fastest with",
    ),
}


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options; the recipe has their defaults."""
    command = commands.add_parser(
        "pretrain",
        **described(
            "Train a model to guess hidden words, measure it on texts that were held "
            "out, write its card. After a kill the same command goes on from the last "
            "save. It learns from the contexts of the data, each taken once.",
            "pretrain --data letters.txt notes.txt --output my_guesser",
            "pretrain --data train.json --base random --output my_guesser",
        ),
    )
    add_data_and_output(
        command,
        texts="; or text files (.txt) with empty lines between paragraphs",
        bases=", or random, new weights in the embedded model's shape",
    )
    add_recipe_options(command, OPTIONS, PretrainingRecipe())
    command.add_argument(
        "--next-sentence",
        action="store_true",
        help="guess too whether the second half of a text belongs to the first",
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train, measure and write the card; each warning of ours is a line."""
    from companion.pretraining.run import run_pretraining  # imports Torch

    names = [*OPTIONS, "next_sentence"]
    with own_warnings():
        run_pretraining(
            options.data,
            options.hold_out,
            options.base,
            PretrainingRecipe(**{name: getattr(options, name) for name in names}),
            options.output,
            options.save_every,
        )
