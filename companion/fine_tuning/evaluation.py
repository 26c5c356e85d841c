"""How good a model is: EM and F1 by SQuAD's rules, "no answer", trust in the score.

    ask          what a model answers to each question, and how sure it is
    summary      the figures of one set of questions
    bootstrap    between which bounds EM and F1 lie

Answers come from the book's own pipeline. Chapter 9.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.fine_tuning.metrics import exact_match, exact_match_2, f1, f1_2
from companion.fine_tuning.squad import Example
from companion.qa_pipeline import QuestionAnswerer

LONGEST_ANSWER = 30  # tokens
BINS = 10  # of equal width, from 0 to 1
RESAMPLES = 1000


@dataclass(frozen=True)
class Asked:
    """A question, the model's best answer to it, and what the two rules make of it.

    `text` is "" where "no answer" was the most probable; `EM` and `F1` are 0 to 1.
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
) -> list[Asked]:
    """Ask `model` each question; the results are in the order of `examples`.

    Args:
        no_answer: whether "no answer" is allowed, and SQuAD's version 2 counts. Usually
            it does where one of the questions has no answer.
    """
    if no_answer is None:
        no_answer = any(not e.answers for e in examples)
    measures = (exact_match_2, f1_2) if no_answer else (exact_match, f1)
    answers = QuestionAnswerer(tokenizer, model)(
        [e.question for e in examples],
        [e.context for e in examples],
        max_answer_len=LONGEST_ANSWER,
        handle_impossible_answer=no_answer,
    )
    return [
        _asked(example, answer["answer"], answer["score"], measures)
        for example, answer in zip(examples, answers, strict=True)
    ]


def _asked(
    example: Example, text: str, score: float, measures: tuple[Callable, Callable]
) -> Asked:
    references = [text for text, _ in example.answers]
    em, overlap = (measure(text, references) for measure in measures)
    return Asked(example, text, score, em, overlap)


def summary(asked: list[Asked]) -> dict[str, object]:
    """EM and F1 in percent with their bounds; answerable and other questions apart.

    Where some questions have no answer, also the accuracy of "answer" against "no
    answer", in percent; and always how far the score can be trusted.
    """
    found: dict[str, object] = {
        "questions": len(asked),
        **scores(asked),
        **{f"{name}_interval": pair for name, pair in bootstrap(asked).items()},
    }
    with_answer = [a for a in asked if a.example.answers]
    without = [a for a in asked if not a.example.answers]
    if without:
        told_apart = sum(bool(a.text) == bool(a.example.answers) for a in asked)
        found["accuracy_answer_or_none"] = 100 * told_apart / len(asked)
        found["without_answer"] = {"questions": len(without), **scores(without)}
        if with_answer:
            found["with_answer"] = {
                "questions": len(with_answer),
                **scores(with_answer),
            }
    return {**found, **calibration(asked)}


def scores(asked: list[Asked]) -> dict[str, float]:
    """EM and F1, in percent."""
    return {
        "EM": 100 * sum(a.EM for a in asked) / len(asked),
        "F1": 100 * sum(a.F1 for a in asked) / len(asked),
    }


def bootstrap(asked: list[Asked], seed: int = 0) -> dict[str, list[float]]:
    """The middle 95 % of EM and F1, in percent, when contexts are drawn at random.

    Questions about one context are drawn together, because they are right or wrong
    together. Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993.
    """
    order = {
        c: n for n, c in enumerate(dict.fromkeys(a.example.context for a in asked))
    }
    sums = numpy.zeros((len(order), 3))  # of a context: questions, EM, F1
    for a in asked:
        sums[order[a.example.context]] += (1, a.EM, a.F1)
    rng = numpy.random.default_rng(seed)
    drawn = rng.integers(len(sums), size=(RESAMPLES, len(sums)))
    totals = sums[drawn].sum(axis=1)  # (RESAMPLES, 3)
    percent = 100 * totals[:, 1:] / totals[:, :1]
    low, high = numpy.percentile(percent, [2.5, 97.5], axis=0)
    return {n: [float(low[i]), float(high[i])] for i, n in enumerate(("EM", "F1"))}


def calibration(asked: list[Asked]) -> dict[str, object]:
    """Does a score of 0.8 mean right in four of five cases?

    Returns:
        `reliability`: for each bin of the score the number of questions, their mean
        score and how many are right; and `calibration_error`, the mean distance of
        mean score and share of right ones, over all questions. Guo,
        Pleiss, Sun and Weinberger, *On Calibration of Modern Neural Networks*, ICML
        2017.
    """
    bins: list[list[Asked]] = [[] for _ in range(BINS)]
    for a in asked:
        bins[min(BINS - 1, int(a.score * BINS))].append(a)
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
