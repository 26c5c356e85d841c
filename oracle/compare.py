"""Our answers beside the old pipeline's: agreement, and each disagreement's cause.

    python -m oracle.compare

Prints the tables of `benchmarks/README.md`. `tests/test_oracle.py` asserts the bounds.
"""

import gzip
import json
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from torch import Tensor

import companion
from companion import QuestionAnswerer
from companion.qa_pipeline.answers import Answer, best_answers
from companion.qa_pipeline.windows import Tokens, Window

FIXTURE = Path(__file__).parent / "answers.json.gz"
ALIGNED = "align_to_words"


def fixture() -> dict:
    """What `make.py` wrote."""
    return json.loads(gzip.decompress(FIXTURE.read_bytes()))


def ours(answerer: QuestionAnswerer, cases: list[dict], **changed) -> list:
    """Our answers to the cases' calls, those with equal options asked together."""
    together = defaultdict(list)
    for i, case in enumerate(cases):
        options = {**case["call"], **changed}
        question, context = options.pop("question"), options.pop("context")
        options.pop("answered", None)
        together[json.dumps(options)].append((i, question, context))
    found: list = [None] * len(cases)
    for options, asked in together.items():
        places, questions, contexts = (
            list(column) for column in zip(*asked, strict=True)
        )
        answers = answerer(questions, contexts, **json.loads(options))
        for i, answer in zip(places, answers, strict=True):
            found[i] = answer
    return found


def as_list(answers: Answer | list[Answer]) -> list[Answer]:
    """One answer or several as a list."""
    return [answers] if isinstance(answers, dict) else answers


def place(answer: Answer) -> tuple[int, int, str]:
    """Where it stands, and its text."""
    return answer["start"], answer["end"], answer["answer"]


def merged(answers: list[Answer]) -> list[Answer]:
    """What the old pipeline did next: add up equal texts, whatever their place."""
    texts: dict[str, Answer] = {}
    for answer in answers:
        first = texts.setdefault(answer["answer"].lower(), {**answer, "score": 0.0})
        first["score"] += answer["score"]
    return sorted(texts.values(), key=lambda answer: -answer["score"])


def window_by_window(answerer: QuestionAnswerer, call: dict) -> list[list[Answer]]:
    """The best answers of each window, normalised by itself, as the old one did it."""
    [task] = answerer.tasks(call["question"], call["context"])
    alone = [Window(w.first, w.end, w.first, w.end) for w in task.windows]  # keep all
    tasks = [replace(task, windows=[window]) for window in alone]
    return [
        _best(one.context, one.tokens, one.windows[0], row)
        for one, row in answerer.logits(tasks)
    ]


def _best(context: str, tokens: Tokens, window: Window, logits: Tensor) -> list[Answer]:
    part = slice(window.first, window.end)
    words = tokens.words[part] - tokens.words[window.first]
    inside = Tokens(tokens.ids[part], tokens.offsets[part], words)
    return best_answers(
        context,
        inside,
        logits,
        top_k=12,
    )


def cause(answerer: QuestionAnswerer, call: dict, old: Answer) -> str:
    """Which of the old pipeline's two ways led to its answer."""
    windows = window_by_window(answerer, call)
    candidates = [answer for window in windows for answer in window]
    alone = max(candidates, key=lambda answer: answer["score"])
    if alone["answer"] == old["answer"]:
        return "each window normalised by itself"
    if merged(candidates)[0]["answer"] == old["answer"]:
        return "equal texts of several windows or places added up"
    return "other"


def main() -> None:
    """Print the tables."""
    answerer = QuestionAnswerer(*companion.load())
    stored = fixture()
    one, several = stored["one_window"], stored["several_windows"]
    prose = list(
        zip(stored["in_prose"], ours(answerer, stored["in_prose"]), strict=True)
    )
    print("| contexts | calls | same place and text | largest difference of scores |")
    print("| --- | ---: | ---: | ---: |")
    pairs = list(zip(several, ours(answerer, several), strict=True))
    single = list(zip(one, ours(answerer, one), strict=True))
    for name, part in {
        "one window, `align_to_words=False`": [
            p for p in single if not p[0]["call"].get(ALIGNED, True)
        ],
        "one window, words": [p for p in single if p[0]["call"].get(ALIGNED, True)],
        "several windows, one place with an answer": prose,
        "several windows, many like it": pairs,
        "of these, answered": [p for p in pairs if p[0]["call"]["answered"]],
        "of these, not": [p for p in pairs if not p[0]["call"]["answered"]],
    }.items():
        _row(name, part)
    print("\n| question | words | ours | | the old one | | cause |")
    print("| --- | ---: | --- | ---: | --- | ---: | --- |")
    causes = Counter()
    for case, mine in [*single, *prose, *pairs]:
        old, call, mine = as_list(case["old"])[0], case["call"], as_list(mine)[0]
        if place(old) != place(mine):
            why = cause(answerer, call, old)
            causes[why] += 1
            print(
                f"| {call['question']}{'' if call.get('answered', True) else ' *'} "
                f"| {len(call['context'].split()):,} "
                f"| {_short(mine)} | {_short(old)} | {why} |"
            )
    print(f"\n{dict(causes)}")


def _row(name: str, pairs: list[tuple[dict, Answer | list[Answer]]]) -> None:
    both = [(as_list(mine)[0], as_list(case["old"])[0]) for case, mine in pairs]
    same = [(mine, old) for mine, old in both if place(mine) == place(old)]
    off = max(abs(mine["score"] - old["score"]) for mine, old in same)
    print(
        f"| {name} | {len(both)} | {len(same)} ({len(same) / len(both):.1%}) "
        f"| {off:.1e} |"
    )


def _short(answer: Answer) -> str:
    text = " ".join(answer["answer"].split())
    text = text if len(text) <= 40 else f"{text[:40]}…"
    return f"{text} ({answer['start']}) | {answer['score']:.3f}"


if __name__ == "__main__":
    main()
