"""`python -m companion ask`: a question about a text, files or standard input."""

import argparse
import json
import sys
from pathlib import Path

import companion
from companion.qa_pipeline.answers import Answer
from companion.qa_pipeline.arguments import whole_text

AROUND = 60  # characters of the passage, on each side of an answer


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command's options."""
    command = commands.add_parser(
        "ask",
        help="answer a question about a text",
        description="Answer a question with a piece of a text: one in quotes, one in "
        "files, or without either what stands on standard input.",
    )
    command.add_argument("question")
    command.add_argument("context", nargs="?", help="the text itself")
    command.add_argument(
        "--file",
        nargs="+",
        dest="files",
        metavar="FILE",
        help="text files, in UTF-8, instead; - is standard input",
    )
    command.add_argument(
        "--top-k", type=int, default=1, metavar="N", help="answers from each text"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument(
        "--model", help="a folder or a hub name; default: the book's own"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the answers, the most probable first, and what stands around them."""
    texts = _texts(options)
    answerer = companion.QuestionAnswerer(*companion.load(options.model))
    answered = answerer(options.question, list(texts.values()), top_k=options.top_k)
    rows = [
        {"file": name, **answer, "passage": passage(texts[name], answer)}
        for name, found in zip(texts, answered, strict=True)
        for answer in (found if options.top_k > 1 else [found])
    ]
    rows.sort(key=lambda row: -row["score"])
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        place = f"characters {row['start']} to {row['end']}, score {row['score']:.3f}"
        print(f"{' '.join(row['answer'].split())}  ({place})")
        if options.context is None:
            print(f"    {row['file']}: {row['passage']}")


def _texts(options: argparse.Namespace) -> dict[str | None, str]:
    """The texts by their names; the one given in quotes has none."""
    if options.context is not None:
        if options.files:
            raise ValueError("give a context or --file, not both")
        return {None: whole_text("context", options.context)}
    return {name: whole_text(name, _contents(name)) for name in options.files or ["-"]}


def _contents(name: str) -> str:
    """A file's characters just as they are, line ends too, so that places are true."""
    if name == "-" and sys.stdin.isatty():
        raise ValueError("give a context, --file, or a text on standard input")
    data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not text in UTF-8: {error}") from error


def passage(context: str, answer: Answer) -> str:
    """The answer in brackets, with some words before and after it, in one line."""
    start, end = answer["start"], answer["end"]
    begin, stop = max(0, start - AROUND), end + AROUND
    before, after = context[begin:start], context[end:stop]
    if begin > 0:
        before = "…" + before[before.find(" ") + 1 :]
    if stop < len(context):
        after = after[: after.rfind(" ")] + "…" if " " in after else after + "…"
    return " ".join(f"{before}[{context[start:end]}]{after}".split())
