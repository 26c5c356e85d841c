"""The command line: `python -m companion ask`, `trace`, `fine-tune`, `evaluate`."""

import argparse
import sys

import companion
from companion.commands import ask, evaluate, fine_tune
from companion.commands.trace import walk


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (OSError, ValueError) as error:
        print(f"companion: {error}", file=sys.stderr)
        return 1
    return 0


def trace(options: argparse.Namespace) -> None:
    """Print the question's walk through the model."""
    print(walk(*companion.load(options.model), options.question, options.context))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m companion", description=__doc__)
    parser.add_argument("--version", action="version", version=companion.__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    ask.add_parser(commands)
    command = commands.add_parser(
        "trace", help="tell a question's walk through the model"
    )
    command.add_argument("question")
    command.add_argument("context", help="the text that holds the answer")
    command.add_argument(
        "--model", help="a folder or a hub name; default: the book's own"
    )
    command.set_defaults(run=trace)
    fine_tune.add_parser(commands)
    evaluate.add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
