"""`python -m companion ask`: a question about a text, files or standard input."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import companion
from companion.commands import add_model_option, integer

if TYPE_CHECKING:
    from companion.qa_pipeline.answers import Answer

AROUND = 60  # characters of the passage, on each side of an answer


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "ask",
        description="Answer a question with a piece of a text: one in quotes, one in "
        "files, or the one on standard input if neither is given.",
    )
    command.add_argument("question")
    command.add_argument("context", nargs="?", help="the text itself")
    command.add_argument(
        "--file",
        nargs="+",
        dest="files",
        metavar="FILE",
        help="text files in UTF-8 instead; - is standard input",
    )
    command.add_argument(
        "--top-k", type=integer(1), default=1, metavar="N", help="answers per text"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    add_model_option(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the answers, the most probable first, and what stands around them."""
    names, texts = zip(*_texts(options), strict=True)
    answerer = companion.QuestionAnswerer(*companion.load(options.model))
    answered = answerer(options.question, texts, top_k=options.top_k)
    rows = [
        {"file": name, **answer, "passage": passage(text, answer)}
        for name, text, answers in zip(names, texts, answered, strict=True)
        for answer in (answers if options.top_k > 1 else [answers])
    ]
    rows.sort(key=lambda row: -row["score"])
    if options.json:
        print(json.dumps(rows, ensure_ascii=not _prints_unicode(), indent=1))
        return
    for row in rows:
        place = f"characters {row['start']} to {row['end']}, score {row['score']:.3f}"
        print(f"{' '.join(row['answer'].split())}  ({place})")
        if options.context is None:
            print(f"    {row['file']}: {row['passage']}")


def _prints_unicode() -> bool:
    """Tell whether standard output takes all characters; JSON has its own escapes."""
    return "utf" in (sys.stdout.encoding or "").lower()


def _texts(options: argparse.Namespace) -> list[tuple[str | None, str]]:
    """The texts with their files' names; the one given in quotes has none."""
    if options.context is not None and options.files:
        raise ValueError("give a context or --file, not both")
    texts = [(None, options.context)]
    if options.context is None:
        names = dict.fromkeys(options.files or ["-"])
        texts = [(name, _contents(name)) for name in names]
    from companion.qa_pipeline.arguments import whole_text  # Torch, so not before

    return [(name, whole_text(name or "context", text)) for name, text in texts]


def _contents(name: str) -> str:
    """A file's characters just as they are, line ends too, so that places are true."""
    if name == "-" and (sys.stdin is None or sys.stdin.isatty()):
        raise ValueError("give a context, --file, or a text on standard input")
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not text in UTF-8: {error}") from error


def passage(context: str, answer: "Answer") -> str:
    """The answer in brackets, with some words before and after it, in one line."""
    start, end = answer["start"], answer["end"]
    begin, stop = max(0, start - AROUND), end + AROUND
    before, after = context[begin:start], context[end:stop]
    if begin > 0:
        before = "…" + before[before.find(" ") + 1 :]
    if stop < len(context):
        after = after[: after.rfind(" ")] + "…" if " " in after else after + "…"
    return " ".join(f"{before}[{context[start:end]}]{after}".split())
