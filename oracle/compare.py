"""Our answers beside the old pipeline's: agreement, and each disagreement's cause.

    python -m oracle.compare

Writes `oracle/disagreements.md`. `tests/oracle/test_agreement.py` asserts the bounds.
"""

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from torch import Tensor

import companion
from companion import QuestionAnswerer
from companion.qa_pipeline.answers import Answer, best_answers
from companion.qa_pipeline.texts import Tokens
from companion.qa_pipeline.windows import Window

FIXTURE = Path(__file__).parent / "answers.json.gz"
OUTPUT = Path(__file__).parent / "disagreements.md"
ALIGNED = "align_to_words"
Case = dict[str, Any]
Pair = tuple[Case, Answer]  # a stored case, and our best answer to it

PAGE = """\
# Where ours and the old pipeline part

Written by `python -m oracle.compare`. The weights have the SHA-256
`{weights_sha256}`.

| contexts | calls | same place and text | largest difference of scores |
| --- | ---: | ---: | ---: |
{agreement}

Each disagreement, with the place of the answer's first character, the score, and the
step of the old pipeline that leads to its answer. A star marks a question that the
text does not answer.

| question | words | ours | | the old one | | cause |
| --- | ---: | --- | ---: | --- | ---: | --- |
{disagreements}

| cause | disagreements |
| --- | ---: |
{causes}
"""


def main() -> None:
    """Ask, compare, write."""
    answerer, stored = QuestionAnswerer(*companion.load()), fixture()
    parts = {
        kind: best_pairs(answerer, stored[kind])
        for kind in ("one_window", "in_prose", "several_windows")
    }
    every = [pair for part in parts.values() for pair in part]
    apart = [(*pair, cause(answerer, pair[0])) for pair in every if not agrees(pair)]
    causes = Counter(why for _, _, why in apart)
    page = PAGE.format(
        weights_sha256=stored["weights_sha256"],
        agreement="\n".join(agreement_rows(**parts)),
        disagreements="\n".join(disagreement(*case) for case in apart),
        causes="\n".join(f"| {why} | {n} |" for why, n in causes.most_common()),
    )
    OUTPUT.write_text(page, encoding="utf-8", newline="\n")


def fixture() -> dict[str, Any]:
    """What `make.py` wrote."""
    return json.loads(gzip.decompress(FIXTURE.read_bytes()))


def best_pairs(answerer: QuestionAnswerer, cases: list[Case]) -> list[Pair]:
    """Each case with our best answer to it."""
    answers = ours(answerer, cases)
    return [(case, as_list(a)[0]) for case, a in zip(cases, answers, strict=True)]


def ours(answerer: QuestionAnswerer, cases: list[Case], **changed: object) -> list:
    """Our answers to the cases' calls, those with equal options asked together."""
    together = defaultdict(list)
    for i, case in enumerate(cases):
        options = {**case["call"], **changed}
        question, context = options.pop("question"), options.pop("context")
        options.pop("answered", None)
        together[json.dumps(options)].append((i, question, context))
    result: list = [None] * len(cases)
    for text, asked in together.items():
        places, questions, contexts = (
            list(column) for column in zip(*asked, strict=True)
        )
        answers = answerer(questions, contexts, **json.loads(text))
        for i, answer in zip(places, answers, strict=True):
            result[i] = answer
    return result


def as_list(answers: Answer | list[Answer]) -> list[Answer]:
    """One answer or several as a list."""
    return [answers] if isinstance(answers, dict) else answers


def place(answer: Answer) -> tuple[int, int, str]:
    """The characters of an answer, and its text."""
    return answer["start"], answer["end"], answer["answer"]


def agrees(pair: Pair) -> bool:
    """Tell whether the best answers are the same place and text."""
    return place(pair[1]) == place(as_list(pair[0]["old"])[0])


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
    return best_answers(context, inside, logits, top_k=12)


def cause(answerer: QuestionAnswerer, case: Case) -> str:
    """Which of the old pipeline's two ways led to its answer."""
    old = as_list(case["old"])[0]
    windows = window_by_window(answerer, case["call"])
    candidates = [answer for window in windows for answer in window]
    alone = max(candidates, key=lambda answer: answer["score"])
    if alone["answer"] == old["answer"]:
        return "each window normalised by itself"
    if merged(candidates)[0]["answer"] == old["answer"]:
        return "equal texts of several windows or places added up"
    return "other"


def agreement_rows(
    one_window: list[Pair], in_prose: list[Pair], several_windows: list[Pair]
) -> Iterator[str]:
    """A row of the table of agreement for each kind of call."""
    for name, pairs in {
        "one window, `align_to_words=False`": aligned(one_window, False),
        "one window, words": aligned(one_window, True),
        "several windows, one place with an answer": in_prose,
        "several windows, many like it": several_windows,
        "of these, answered": [p for p in several_windows if p[0]["call"]["answered"]],
        "of these, not": [p for p in several_windows if not p[0]["call"]["answered"]],
    }.items():
        same = [(mine, as_list(case["old"])[0]) for case, mine in filter(agrees, pairs)]
        off = max(abs(mine["score"] - old["score"]) for mine, old in same)
        share = f"{len(same)} ({len(same) / len(pairs):.1%})"
        yield f"| {name} | {len(pairs)} | {share} | {off:.1e} |"


def aligned(pairs: list[Pair], to_words: bool) -> list[Pair]:
    """Those that asked for whole words, the default, or those that did not."""
    return [p for p in pairs if p[0]["call"].get(ALIGNED, True) is to_words]


def disagreement(case: Case, mine: Answer, why: str) -> str:
    """A row of the table of disagreements."""
    call, old = case["call"], as_list(case["old"])[0]
    star = "" if call.get("answered", True) else " *"
    words = f"{len(call['context'].split()):,}"
    cells = [call["question"] + star, words, *_short(mine), *_short(old), why]
    return f"| {' | '.join(cells)} |"


def _short(answer: Answer) -> tuple[str, str]:
    text = " ".join(answer["answer"].split())
    text = text if len(text) <= 40 else f"{text[:40]}…"
    return f"{text} ({answer['start']})", f"{answer['score']:.3f}"


if __name__ == "__main__":
    main()
