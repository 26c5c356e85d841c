"""`ask --jsonl`: a file of questions; and the lengths that each way of asking takes.

On several processes: `torchrun --nproc_per_node 2 -m companion ask --jsonl ...`, or
`accelerate launch -m companion ask --jsonl ...` with the same arguments.
"""

import argparse
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import companion
from companion.commands import add_device_option, integer

if TYPE_CHECKING:
    from companion.qa_pipeline import QuestionAnswerer

ABOUT = (
    'Each line is a JSON object with "question" and "context". The output has a line '
    'for each, with "predictions" in place of "context"; other fields come along. '
    "After a kill the same command goes on. torchrun or `accelerate launch` spreads "
    "the work over processes."
)
CALL = {
    "max_answer_len": (1, "tokens in an answer"),
    "max_seq_len": (1, "tokens in a window, the question's among them"),
    "doc_stride": (0, "tokens that neighbouring windows share"),
    "max_question_len": (1, "tokens in a question; a longer one is cut"),
    "batch_size": (1, "windows that are read at once"),
}


def add_lines_options(command: argparse.ArgumentParser) -> None:
    """Add the options of a file of questions, and those of a call."""
    about = textwrap.fill(ABOUT, 78)  # which is not wrapped: see `described`
    lines = command.add_argument_group("a file of questions", about)
    lines.add_argument(
        "--jsonl", metavar="FILE", help="to read, may end in .gz; - is standard input"
    )
    lines.add_argument(
        "--output", metavar="FILE", help="must not exist; - is standard output"
    )
    lines.add_argument(
        "--skip-bad-lines",
        action="store_true",
        help="a line that cannot be asked gets an error in the output, and is no end",
    )
    call = command.add_argument_group("how texts are read; by default as in a program")
    for name, (least, text) in CALL.items():
        option = f"--{name.replace('_', '-')}"
        call.add_argument(option, type=integer(least), metavar="N", help=text)
    add_device_option(call, "cpu; with --jsonl a GPU, if there is one")


def call_options(options: argparse.Namespace) -> dict[str, Any]:
    """Those options of a call that were given."""
    given = {name: getattr(options, name) for name in CALL}
    return {name: value for name, value in given.items() if value is not None}


def ask_lines(options: argparse.Namespace) -> None:
    """Answer the questions of a file into a file."""
    _check(options)
    from companion.bulk.files import Job, answer_file  # Torch, so not before
    from companion.bulk.processes import joined, own_device

    asked = {
        **call_options(options),
        "top_k": options.top_k,
        "handle_impossible_answer": options.no_answer,
    }
    job = Job(options.jsonl, options.output, asked, options.skip_bad_lines)
    with joined() as processes:
        job.check(processes)
        device = options.device or own_device()
        answerer = companion.question_answerer(options.model, device=device)
        answer_file(answerer, job, _model_facts(options.model, answerer), processes)


def _check(options: argparse.Namespace) -> None:
    """Refuse options that do not go together; ValueError."""
    if options.jsonl is None:
        raise ValueError("--output and --skip-bad-lines go with --jsonl")
    if options.output is None:
        raise ValueError("--jsonl needs --output: a file, or - for standard output")
    if options.question is not None or options.files or options.json:
        raise ValueError("give --jsonl, or a question and a text; not both, nor --json")


def _model_facts(name: str | None, answerer: "QuestionAnswerer") -> dict[str, object]:
    """Which model it is: the digest of its weights, or its commit on the hub."""
    from companion.loading import chosen
    from companion.measured import weights_sha256

    name, *_ = chosen(name)
    commit = getattr(answerer.model.config, "_commit_hash", None)
    weights = weights_sha256(Path(name).expanduser())
    return {"model": weights or f"{name}@{commit}", "dtype": str(answerer.model.dtype)}
