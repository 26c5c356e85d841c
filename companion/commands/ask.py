"""`python -m companion ask`: a question about a text, files or standard input.

`--jsonl` asks a whole file of questions; see `companion.commands.ask_lines`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import companion
from companion.commands import add_model_option, described, integer
from companion.commands.ask_lines import add_lines_options, ask_lines, call_options

if TYPE_CHECKING:
    from companion.qa_pipeline.answers import Answer

AROUND = 60  # characters of the passage, on each side of an answer
Text = tuple[str | None, str]  # a file's name, and what is in it
EXAMPLES = (
    'ask "Who?" "My name is Foo"',
    'ask "When was it built?" --file mill.txt church.txt',
    'ask "Who?" --file letter.txt --json --no-answer --top-k 3',
    "ask --jsonl questions.jsonl --output answers.jsonl --top-k 3",
)


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command and its options."""
    command = commands.add_parser(
        "ask",
        **described(
            "Answer a question with a piece of a text: one in quotes, one in files, or "
            "the one on standard input if neither is given. Where the model finds no "
            "answer, it says so, and which piece comes nearest.",
            *EXAMPLES,
        ),
    )
    command.add_argument(
        "question", nargs="?", help='in quotes, such as "Who wrote it?"'
    )
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
    command.add_argument(
        "--no-answer",
        action="store_true",
        help='in JSON, count "no answer" among the answers, with empty text; without '
        "--json it is told wherever it is the most probable",
    )
    add_model_option(command)
    add_lines_options(command)
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the answers, the most probable first, and what stands around them."""
    if options.jsonl is not None or options.output or options.skip_bad_lines:
        ask_lines(options)
    else:
        print(_answers(options))


def _answers(options: argparse.Namespace) -> str:
    if options.question is None:
        raise ValueError("give a question, or --jsonl and a file of them")
    texts = _texts(options)
    answerer = companion.question_answerer(options.model, device=options.device)
    answered = answerer(
        options.question,
        [text for _, text in texts],
        top_k=options.top_k + 1,  # one more, where "no answer" is among them
        handle_impossible_answer=options.no_answer or not options.json,
        **call_options(options),
    )
    found = list(zip(texts, answered, strict=True))
    return (_json if options.json else _lines)(found, options.top_k)


def _json(found: list[tuple[Text, list["Answer"]]], most: int) -> str:
    """At most `most` answers of each text, with where they stand."""
    rows = [
        {"file": name, **answer, "passage": passage(text, answer)}
        for (name, text), answers in found
        for answer in answers[:most]
    ]
    rows.sort(key=lambda row: -cast("float", row["score"]))
    return json.dumps(rows, ensure_ascii=not _prints_unicode(), indent=1)


def _lines(found: list[tuple[Text, list["Answer"]]], most: int) -> str:
    """The same for a reader; the texts without an answer come last, a line for each."""
    with_answer: list[tuple[Answer, str]] = []
    without: list[tuple[Answer, str]] = []
    for text, answers in found:
        places = [answer for answer in answers if answer["answer"]]
        if answers[0] is places[0]:
            with_answer += [(answer, _line(text, answer)) for answer in places[:most]]
        else:
            without.append((answers[0], _none(text, answers[0], places[0])))
    best_first = [
        sorted(some, key=lambda pair: -pair[0]["score"])
        for some in (with_answer, without)
    ]
    return "\n".join(line for some in best_first for _, line in some)


def _line(text: Text, answer: "Answer") -> str:
    """An answer, its place, and what stands around it if that is in a file."""
    name, context = text
    place = f"characters {answer['start']} to {answer['end']}"
    line = f"{' '.join(answer['answer'].split())}  ({place}, {_score(answer)})"
    return f"{line}\n    {name}: {passage(context, answer)}" if name else line


def _none(text: Text, none: "Answer", nearest: "Answer") -> str:
    """That the model finds no answer, and which piece comes nearest."""
    return f"no answer  ({_score(none)}); nearest: {_line(text, nearest)}"


def _score(answer: "Answer") -> str:
    shown = f"{answer['score']:.3f}"
    return f"score {'<0.001' if shown == '0.000' else shown}"


def _prints_unicode() -> bool:
    """Tell whether standard output takes all characters; JSON has its own escapes."""
    return "utf" in (sys.stdout.encoding or "").lower()


def _texts(options: argparse.Namespace) -> list[Text]:
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
    if start == end:  # "no answer" is at no place
        return ""
    begin, stop = max(0, start - AROUND), end + AROUND
    before, after = context[begin:start], context[end:stop]
    if begin > 0:
        before = "…" + before[before.find(" ") + 1 :]
    if stop < len(context):
        after = after[: after.rfind(" ")] + "…" if " " in after else after + "…"
    return " ".join(f"{before}[{context[start:end]}]{after}".split())
