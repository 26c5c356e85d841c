"""How often an answer of a given score is right, and how often there is none.

    python -m benchmarks.calibration squadshifts_*.json.gz --questions 800

Asks the embedded model some of the files' held-out questions with their own paragraph,
and half of them again with another of the same page that lacks the answer. Writes the
counts by bins of the score to `companion/measured/calibration.json`, from which chapter
7 draws.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import companion
from benchmarks.questions import about, held_out
from companion import measured
from companion.fine_tuning.evaluation import (
    BINS,
    LONGEST_ANSWER,
    Asked,
    bin_of,
    calibration,
    judge,
)
from companion.fine_tuning.features import add_unanswerable
from companion.fine_tuning.squad import Example
from companion.qa_pipeline.answers import best_answers, probabilities

OUTPUT = measured.FOLDER / "calibration.json"


def main(paths: list[Path], questions: int) -> None:
    """Ask, count, write."""
    every = [example for path in paths for example in held_out(path)]
    answered = random.Random(0).sample(every, questions)
    unanswered = add_unanswerable(answered, share=0.5, seed=0)[len(answered) :]
    asked, with_answer = zip(*ask(answered), strict=True)
    bins = calibration(list(asked))["reliability"]
    figures = {
        **about("calibration", *paths, "--questions", questions),
        "best_answer": [{**b, "score": round(b["score"], 3)} for b in bins],
        "no_answer": {
            "with an answer": counts(with_answer),
            "without": counts(chance for _, chance in ask(unanswered)),
        },
    }
    OUTPUT.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


def ask(examples: list[Example]) -> Iterator[tuple[Asked, float]]:
    """The best answer to each question, and the score of "no answer"."""
    answerer = companion.QuestionAnswerer(*companion.load())
    tasks = answerer.tasks(
        [e.question for e in examples], [e.context for e in examples]
    )
    for example, (task, logits) in zip(examples, answerer.logits(tasks), strict=True):
        [answer] = best_answers(
            task.context, task.tokens, logits, max_answer_len=LONGEST_ANSWER
        )
        yield judge(example, answer, no_answer=False), probabilities(logits)[2]


def counts(chances: Iterator[float] | tuple[float, ...]) -> list[int]:
    """How many scores are in each bin."""
    each = Counter(map(bin_of, chances))
    return [each[i] for i in range(BINS)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, required=True)
    main(**vars(parser.parse_args()))
