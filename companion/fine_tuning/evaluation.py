"""How good a model is: EM and F1 by SQuAD's rules, "no answer", trust in the score.

    ask            a model's answer to each question, and how sure it is
    summary        the figures of one set of questions
    bootstrap      the bounds of EM and F1
    calibration    scores beside the share of right answers
    one_line       a summary for the screen

Answers come from the book's own pipeline. Chapter 9.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.fine_tuning.metrics import exact_match, exact_match_2, f1, f1_2
from companion.fine_tuning.squad import Example
from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.answers import Answer

LONGEST_ANSWER = 30  # tokens
BINS = 10  # of equal width, from 0 to 1
RESAMPLES = 1000
Measure = Callable[[str, list[str]], float]


@dataclass(frozen=True)
class Asked:
    """A question, the model's best answer to it, and its EM and F1, 0 to 1 each.

    `text` is "" where "no answer" was the most probable.
    """

    example: Example
    text: str
    score: float
    EM: float
    F1: float


def ask(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    examples: list[Example],
    no_answer: bool | None = None,
    bfloat16: bool = False,
) -> list[Asked]:
    """Ask `model` each question; the results are in the order of `examples`.

    Args:
        no_answer: allow "no answer", and count by SQuAD's version 2. By default, if one
            of the questions has no answer.
        bfloat16: compute matrix products in this shorter format.
    """
    if no_answer is None:
        no_answer = any(not e.answers for e in examples)
    answers = QuestionAnswerer(tokenizer, model, bfloat16=bfloat16)(
        [e.question for e in examples],
        [e.context for e in examples],
        max_answer_len=LONGEST_ANSWER,
        handle_impossible_answer=no_answer,
    )
    return [
        judge(example, answer, no_answer)
        for example, answer in zip(examples, answers, strict=True)
    ]


def judge(example: Example, answer: Answer, no_answer: bool) -> Asked:
    """Compare an answer with the references; `no_answer` takes version 2's rules."""
    measures: tuple[Measure, Measure] = (
        (exact_match_2, f1_2) if no_answer else (exact_match, f1)
    )
    references = [text for text, _ in example.answers]
    em, overlap = (measure(answer["answer"], references) for measure in measures)
    return Asked(example, answer["answer"], answer["score"], em, overlap)


def summary(asked: list[Asked]) -> dict[str, Any]:
    """EM and F1 in percent with their bounds, and how far the score can be trusted.

    If some questions have no answer, they and the others are counted apart too, and
    `accuracy_answer_or_none` is the accuracy of "answer" against "no answer", in
    percent.
    """
    figures: dict[str, Any] = {
        "questions": len(asked),
        **scores(asked),
        **{f"{name}_interval": pair for name, pair in bootstrap(asked).items()},
    }
    with_answer = [a for a in asked if a.example.answers]
    without = [a for a in asked if not a.example.answers]
    if without:
        right_kind = sum(bool(a.text) == bool(a.example.answers) for a in asked)
        figures["accuracy_answer_or_none"] = 100 * right_kind / len(asked)
        figures["without_answer"] = {"questions": len(without), **scores(without)}
    if without and with_answer:
        figures["with_answer"] = {"questions": len(with_answer), **scores(with_answer)}
    return {**figures, **calibration(asked)}


def scores(asked: list[Asked]) -> dict[str, float]:
    """EM and F1, in percent."""
    return {
        "EM": 100 * sum(a.EM for a in asked) / len(asked),
        "F1": 100 * sum(a.F1 for a in asked) / len(asked),
    }


def bootstrap(asked: list[Asked]) -> dict[str, list[float]]:
    """The middle 95 % of EM and F1, in percent, when contexts are drawn at random.

    Questions about one context are drawn together, because they are right or wrong
    together. Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993.
    """
    order = {
        c: n for n, c in enumerate(dict.fromkeys(a.example.context for a in asked))
    }
    sums = numpy.zeros((len(order), 3))  # per context: questions, EM, F1
    for a in asked:
        sums[order[a.example.context]] += (1, a.EM, a.F1)
    totals = numpy.stack(list(resampled(sums)))  # (RESAMPLES, 3)
    percent = 100 * totals[:, 1:] / totals[:, :1]  # (RESAMPLES, 3) -> (RESAMPLES, 2)
    low, high = numpy.percentile(percent, [2.5, 97.5], axis=0)
    return {n: [float(low[i]), float(high[i])] for i, n in enumerate(("EM", "F1"))}


def resampled(rows: numpy.ndarray) -> Iterator[numpy.ndarray]:
    """Draw as many rows as there are, with replacement, and add them up; repeat.

    One draw at a time: all of them at once would take gigabytes for a large file.
    """
    rng = numpy.random.default_rng(0)
    for _ in range(RESAMPLES):
        drawn = rng.integers(len(rows), size=len(rows))
        yield rows[drawn].sum(axis=0)  # (contexts, 3) -> (3,)


def bin_of(score: float) -> int:
    """Which tenth a score is in: 0 for scores below 0.1, 9 for those from 0.9 on."""
    return min(BINS - 1, int(score * BINS))


def calibration(asked: list[Asked]) -> dict[str, Any]:
    """Does a score of 0.8 mean right in four of five cases?

    Returns:
        `reliability`: for each bin of the score the number of questions, their mean
        score and how many are right, without empty bins; and `calibration_error`, the
        mean distance between mean score and share of right answers, over all
        questions. Guo, Pleiss, Sun and Weinberger, *On Calibration of Modern Neural
        Networks*, ICML 2017.
    """
    bins: list[list[Asked]] = [[] for _ in range(BINS)]
    for a in asked:
        bins[bin_of(a.score)].append(a)
    reliability = [
        {
            "questions": len(part),
            "score": sum(a.score for a in part) / len(part),
            "right": int(sum(a.EM for a in part)),
        }
        for part in bins
        if part
    ]
    gaps = [abs(b["score"] * b["questions"] - b["right"]) for b in reliability]
    return {"calibration_error": sum(gaps) / len(asked), "reliability": reliability}


def one_line(figures: dict[str, Any]) -> str:
    """Format a summary for the screen: questions, EM and F1 with their intervals."""
    (em_low, em_high), (f1_low, f1_high) = (
        figures["EM_interval"],
        figures["F1_interval"],
    )
    line = (
        f"{figures['questions']:,} questions  "
        f"EM {figures['EM']:.1f} ({em_low:.1f} to {em_high:.1f})  "
        f"F1 {figures['F1']:.1f} ({f1_low:.1f} to {f1_high:.1f})  "
        f"calibration error {figures['calibration_error']:.3f}"
    )
    for part in ("with_answer", "without_answer"):
        if part in figures:
            apart = figures[part]
            line += f"  {part.replace('_', ' ')} {apart['EM']:.1f}/{apart['F1']:.1f}"
    if "accuracy_answer_or_none" in figures:
        line += f"  answer or none {figures['accuracy_answer_or_none']:.1f}"
    return line
