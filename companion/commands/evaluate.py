"""`python -m companion evaluate`: EM, F1 and their bounds, by file. Chapter 9."""

import argparse
import json
import os
from pathlib import Path

import companion
from companion import measured
from companion.commands import add_model_option
from companion.fine_tuning import card, evaluation, features, reports
from companion.fine_tuning.held_out import recorded
from companion.fine_tuning.squad import Example, read_squad
from companion.loading import EMBEDDED


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command's options."""
    command = commands.add_parser(
        "evaluate",
        description="Measure SQuAD's EM and F1, in percent, with 95 % intervals; by "
        "the rules of version 2 if some questions have no answer. Each file is a "
        "domain. F1 compares words, which are what stands between spaces: in Chinese, "
        "Japanese or Thai a whole answer is one word, so F1 is all or nothing.",
    )
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add_model_option(command)
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
    """Print a line per file, and one for all questions if there are several files."""
    names = reports.domain_names(options.files)
    folder = Path(options.model or os.environ.get("COMPANION_MODEL") or EMBEDDED)
    stages = card.stages_of(folder)
    parts = [_questions(path, stages, options) for path in options.files]
    mixed = any(not e.answers for part in parts for e in part)
    tokenizer, model = companion.load(options.model)
    asked = {
        name: evaluation.ask(tokenizer, model, part, no_answer=mixed)
        for name, part in zip(names, parts, strict=True)
    }
    report = reports.report(
        asked,
        _command(names, options),
        measured.weights_sha256(folder),
        made_by=[stage["command"] for stage in stages],
    )
    every = report["domains"] | ({"all": report["all"]} if "all" in report else {})
    for name, figures in every.items():
        print(f"{name}  {evaluation.one_line(figures)}")
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if options.picture:
        _draw(list(every.values())[-1]["reliability"], options.picture)


def _command(names: list[str], options: argparse.Namespace) -> str:
    """What was asked for, without the folders of this machine."""
    words = ["python -m companion evaluate", *names]
    words += ["--model", Path(options.model).name] if options.model else []
    words += ["--held-out"] if options.held_out else []
    words += ["--no-answer", f"{options.no_answer:g}"] if options.no_answer else []
    return " ".join([*words, "--json", options.json.name] if options.json else words)


def _draw(bins: list[dict], path: Path) -> None:
    from companion.figures.qa_pipeline import reliability  # slow to import

    reliability(bins).figure.savefig(path)


def _questions(
    path: Path, stages: list[dict], options: argparse.Namespace
) -> list[Example]:
    examples = read_squad(path)
    if options.held_out:
        examples = recorded(stages, examples, str(path))
    return features.add_unanswerable(examples, options.no_answer, seed=0)
