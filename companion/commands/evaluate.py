"""`python -m companion evaluate`: EM, F1 and their bounds, by file.

On several processes: `torchrun --nproc_per_node 2 -m companion evaluate ...`, or
`accelerate launch -m companion evaluate ...` with the same arguments.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import companion
from companion import extras, measured
from companion.bulk.processes import Processes, joined, own_device
from companion.commands import (
    add_device_option,
    add_model_option,
    described,
    number,
)
from companion.devices import as_device
from companion.fine_tuning import card, evaluation, features, reports
from companion.fine_tuning.held_out import recorded
from companion.fine_tuning.squad import Example, read_squad
from companion.live.weights import rounded_copy
from companion.loading import EMBEDDED, chosen
from companion.training.outputs import check_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command's options."""
    command = commands.add_parser(
        "evaluate",
        **described(
            "Measure SQuAD's EM and F1, in percent, with 95 % intervals; by the rules "
            "of version 2 if some questions have no answer. Each file is a domain. F1 "
            "compares words, which are what stands between spaces: in Chinese, Japanese"
            " or Thai a whole answer is one word, so F1 is all or nothing.",
            "evaluate dev.json --model my_model",
            "evaluate wiki.json reddit.json --held-out --json figures.json",
            "evaluate dev.json --no-answer 0.5 --picture trust.svg",
        ),
    )
    command.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="questions in SQuAD's format, .json or .json.gz",
    )
    add_model_option(command)
    add_device_option(command, "a GPU, if there is one")
    command.add_argument(
        "--held-out",
        action="store_true",
        help="only those questions of each file that the model was not trained on, by "
        "the record of `fine-tune` in its folder, whatever the file is called",
    )
    command.add_argument(
        "--no-answer",
        type=number(0, 1),
        default=0.0,
        metavar="SHARE",
        help="ask this share of the questions again about another paragraph of their "
        "page, which has no answer, and count by version 2's rules",
    )
    command.add_argument(
        "--rounded",
        action="store_true",
        help="measure again with the weights as the page has them, 8 bits by row",
    )
    command.add_argument("--json", type=Path, help="write all figures to this file")
    command.add_argument(
        "--picture", type=Path, help="draw how far the score can be trusted; .png, .svg"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print a line per file, and one for all questions if there are several files."""
    _check_outputs(options)
    names = reports.domain_names(options.files)
    with joined() as processes:
        report = _report(names, options, processes)
    if processes.rank:
        return
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    if options.picture:
        last = report.get("all") or report["domains"][names[0]]
        _draw(last["reliability"], options.picture)


def _report(
    names: list[str], options: argparse.Namespace, processes: Processes
) -> dict[str, Any]:
    """Ask all questions; print the figures, and return them with their source."""
    name, *_ = chosen(options.model)
    folder = Path(name).expanduser()
    stages = card.stages_of(folder)
    parts = [_questions(path, stages, options, processes) for path in options.files]
    if options.no_answer:
        parts = _with_unanswerable(parts, options)
    tokenizer, model = companion.load(options.model)
    model.to(as_device(options.device or own_device()))
    asked = reports.ask_all(parts, tokenizer, model, processes)
    report = reports.report(
        dict(zip(names, asked, strict=True)),
        _command(names, options),
        measured.weights_sha256(folder),
        made_by=[stage["command"] for stage in stages],
    )
    _print(report, "")
    if options.rounded:
        again = reports.ask_all(parts, tokenizer, rounded_copy(model), processes)
        report["rounded"] = reports.figures_of(dict(zip(names, again, strict=True)))
        _print(report["rounded"], ", rounded")
    return report


def _print(report: dict[str, Any], more: str) -> None:
    """Print a line for each file and one for all."""
    every = list(report["domains"].items())
    every += [("all", report["all"])] if "all" in report else []
    for name, figures in every:
        print(f"{name}{more}  {evaluation.one_line(figures)}")


def _check_outputs(options: argparse.Namespace) -> None:
    """What cannot be written at the end is refused at the beginning."""
    if options.json:
        check_file("--json", options.json)
    if options.picture:
        extras.require("matplotlib", "figures")
        check_file("--picture", options.picture, (".png", ".svg"))
    inputs = [path.resolve() for path in options.files]
    for name in ("json", "picture"):
        path = getattr(options, name)
        if path and path.resolve() in inputs:
            raise ValueError(f"--{name} {path}: is one of the files to read")


def _command(names: list[str], options: argparse.Namespace) -> str:
    """What was asked for, without the folders of this machine."""
    words = ["python -m companion evaluate", *names]
    words += _model(options)
    words += ["--held-out"] if options.held_out else []
    words += ["--rounded"] if options.rounded else []
    words += ["--no-answer", f"{options.no_answer:g}"] if options.no_answer else []
    return " ".join([*words, "--json", options.json.name] if options.json else words)


def _model(options: argparse.Namespace) -> list[str]:
    """The option that names the model, unless it is the embedded one."""
    name, revision, _ = chosen(options.model)
    if name == str(EMBEDDED):
        return []
    return ["--model", f"{name}@{revision}" if revision else Path(name).name]


def _draw(bins: list[dict[str, Any]], path: Path) -> None:
    from companion.figures.qa_pipeline import reliability  # slow to import

    cast("Figure", reliability(bins).figure).savefig(path, facecolor="white")


def _questions(
    path: Path,
    stages: list[card.Stage],
    options: argparse.Namespace,
    processes: Processes,
) -> list[Example]:
    examples = read_squad(path)
    if options.held_out:
        examples = recorded(stages, examples, str(path))
    lost = [e for e in examples if e.answers and not _in_context(e)]
    if lost and processes.rank == 0:
        print(
            f"companion: {len(lost)} of {len(examples)} questions of {path} have no "
            f"reference that is in their context, and count as wrong; the first is "
            f"question {lost[0].id!r}",
            file=sys.stderr,
        )
    return examples


def _in_context(example: Example) -> bool:
    return any(text in example.context for text, _ in example.answers)


def _with_unanswerable(
    parts: list[list[Example]], options: argparse.Namespace
) -> list[list[Example]]:
    """Add what `--no-answer` asks for; refuse it if no file has any."""
    share = options.no_answer
    more = [features.add_unanswerable(part, share, seed=0) for part in parts]
    if more == parts:
        files = ", ".join(map(str, options.files))
        raise ValueError(
            f"--no-answer {share:g}: {files} has no page with another paragraph that "
            "lacks the answer"
        )
    return more
