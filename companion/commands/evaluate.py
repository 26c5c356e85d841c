"""`python -m companion evaluate`: EM, F1 and their bounds, by file. Chapter 9."""

import argparse
import json
from pathlib import Path

import companion
from companion.fine_tuning import card, evaluation, features
from companion.fine_tuning.held_out import hold_out
from companion.fine_tuning.squad import Example, read_squad


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command's options."""
    command = commands.add_parser(
        "evaluate",
        help="measure a model on questions with known answers",
        description="SQuAD's EM and F1, in percent, with 95 % intervals; by the "
        "rules of version 2 where some questions have no answer. A file is a domain.",
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument(
        "--model", help="a folder or a hub name; default: the book's own"
    )
    command.add_argument(
        "--held-out",
        action="store_true",
        help="only the part of each file that `fine-tune` does not train on",
    )
    command.add_argument(
        "--no-answer",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="ask this share of the questions again about another paragraph of their "
        "page, which has no answer, and count by version 2's rules",
    )
    command.add_argument("--json", type=Path, help="write all figures to this file")
    command.add_argument(
        "--picture", type=Path, help="draw how far the score can be trusted; .png, .svg"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print a line a file, and one for all where there are several."""
    tokenizer, model = companion.load(options.model)
    domains = {path.name: _questions(path, options) for path in options.files}
    mixed = any(not e.answers for part in domains.values() for e in part)
    asked = {
        name: evaluation.ask(tokenizer, model, part, no_answer=mixed)
        for name, part in domains.items()
    }
    if len(asked) > 1:
        asked["all"] = [a for part in asked.values() for a in part]
    found = {name: evaluation.summary(part) for name, part in asked.items()}
    for name, figures in found.items():
        print(f"{name}  {card.one_line(figures)}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if options.picture:
        _draw(list(found.values())[-1]["reliability"], options.picture)


def _draw(bins: list[dict], path: Path) -> None:
    from companion.figures.qa_pipeline import reliability  # slow to import

    reliability(bins).figure.savefig(path)


def _questions(path: Path, options: argparse.Namespace) -> list[Example]:
    examples = read_squad(path)
    if options.held_out:
        _, examples = hold_out(examples, path.name)
    return features.add_unanswerable(examples, options.no_answer, seed=0)
