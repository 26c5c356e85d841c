"""The command line: `python -m companion ask`, `trace` and `fine-tune`."""

import argparse
import sys
from pathlib import Path

import torch

import companion
from companion import carry_over, fine_tuning, model_card, training_data
from companion.walk import walk


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        print(f"companion: {error}", file=sys.stderr)
        return 1
    return 0


def ask(options: argparse.Namespace) -> None:
    """Print the answer, its place in the context, and its score."""
    answerer = companion.QuestionAnswerer(*companion.load(options.model))
    result = answerer(question=options.question, context=options.context)
    place = f"characters {result['start']} to {result['end']}"
    print(f"{result['answer']}  ({place}, score {result['score']:.3f})")


def trace(options: argparse.Namespace) -> None:
    """Print the question's walk through the model."""
    print(walk(*companion.load(options.model), options.question, options.context))


def fine_tune(options: argparse.Namespace) -> None:
    """Train, measure on the parts of the files that were held out, write the card."""
    torch.manual_seed(options.seed)  # the head starts at random
    tokenizer, model = carry_over.starting_point(options.base)
    model.set_attn_implementation("sdpa")  # faster; nobody looks at weights here
    training, held_out = training_data.split_files(options.data)
    fine_tuning.fine_tune(
        model, tokenizer, training, options.output, options.epochs, options.seed
    )
    results = {}
    for name, examples in held_out.items():
        measured = fine_tuning.evaluate(model, tokenizer, examples)
        results[name] = {"questions": len(examples), **measured}
        print(name, results[name])
    names = " ".join(path.name for path in options.data)
    model_card.write_card(
        options.output,
        options.data,
        results,
        command=f"python -m companion fine-tune --data {names} --output FOLDER",
        base=options.base,
        epochs=options.epochs,
        seed=options.seed,
        arithmetic=fine_tuning.arithmetic(model.device),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m companion", description=__doc__)
    parser.add_argument("--version", action="version", version=companion.__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    for name, run, told in (
        ("ask", ask, "answer a question about a text"),
        ("trace", trace, "tell a question's walk through the model"),
    ):
        command = commands.add_parser(name, help=told)
        command.add_argument("question")
        command.add_argument("context", help="the text that holds the answer")
        command.add_argument(
            "--model", help="a folder or a hub name; default: the book's own"
        )
        command.set_defaults(run=run)

    command = commands.add_parser(
        "fine-tune", help="train a model; see `make train-deps`"
    )
    command.add_argument(
        "--data",
        nargs="+",
        type=Path,
        required=True,
        help="SQuAD-format files (.json[.gz])",
    )
    command.add_argument(
        "--output", type=Path, required=True, help="folder to write to"
    )
    command.add_argument(
        "--base", default="minilm-cased", help="folder or hub name of a BERT encoder"
    )
    command.add_argument("--epochs", type=int, default=2)
    command.add_argument("--seed", type=int, default=0)
    command.set_defaults(run=fine_tune)
    return parser


if __name__ == "__main__":
    sys.exit(main())
