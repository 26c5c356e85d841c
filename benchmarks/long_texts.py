"""The answerer against the pipeline of Transformers 5.2 on long texts: who is right?

    python -m benchmarks.long_texts squadshifts_new_wiki.json.gz \\
        squadshifts_reddit.json.gz squadshifts_amazon.json.gz \\
        --questions 300 --answers FOLDER

Held-out questions, equally many of each file. Each is asked about its paragraph among
its neighbours, held out too, in texts of about 400, 1,000 and 3,000 words; where among
them it stands is drawn by a seed. Both pipelines are called with their defaults, in
float32, in a process each. Where their answers are at different places, each window is
asked alone, to find which step of the old one leads to its answer.

Writes counts, EM and F1, no text, to `companion/measured/long_texts.json`, and prints
the table of `benchmarks/README.md`. An interval is the middle 95 % of a difference when
paragraphs are drawn anew. Takes half an hour of processor time; the answers so far are
kept in FOLDER, and a second run goes on from there.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

import companion
from benchmarks.long_questions import Question, answers_of, chosen, question_about
from benchmarks.questions import about
from companion import measured
from companion.fine_tuning.evaluation import Asked, judge, resampled, scores
from companion.qa_pipeline.answers import Answer
from oracle import compare
from oracle.make import PINNED, old_python

OUTPUT = measured.FOLDER / "long_texts.json"
LENGTHS = (400, 1000, 3000)  # words


@dataclass(frozen=True)
class Answered:
    """A question about a text of some `words`, and the answers of both."""

    words: int
    question: Question
    ours: Answer
    old: Answer

    @property
    def is_same(self) -> bool:
        """Tell whether both answers are at one place."""
        ours, old = self.ours, self.old
        return (ours["start"], ours["end"]) == (old["start"], old["end"])


def main(paths: list[Path], questions: int, answers: Path) -> None:
    """Ask both, compare, write."""
    every = list(ask(paths, questions, answers))
    options = ("--questions", questions, "--answers", "FOLDER")
    figures = {
        **about("long_texts", *paths, *options),
        "with": PINNED,
        "questions": len(every) // len(LENGTHS),
        "words": {
            str(words): compared([a for a in every if a.words == words])
            for words in LENGTHS
        },
    }
    OUTPUT.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    print("\n".join(table(figures)))


def ask(paths: list[Path], questions: int, answers: Path) -> Iterator[Answered]:
    """Ask both pipelines side by side, each question at each length."""
    examples = list(chosen(paths, questions // len(paths)))
    asked = [question_about(*pair, words) for pair in examples for words in LENGTHS]
    with ThreadPoolExecutor() as pool:
        ours = pool.submit(answers_of, "float32", sys.executable, asked, answers)
        old = pool.submit(answers_of, "old", old_python(), asked, answers)
    rows = zip(LENGTHS * len(examples), asked, ours.result(), old.result(), strict=True)
    return (Answered(*row) for row in rows)


def compared(answered: list[Answered]) -> dict[str, Any]:
    """How often each is right, the differences, and where they come from."""
    ours = [judge(a.question.example, a.ours, no_answer=False) for a in answered]
    old = [judge(a.question.example, a.old, no_answer=False) for a in answered]
    better = Counter(a.EM - b.EM for a, b in zip(ours, old, strict=True))
    apart = [a for a in answered if not a.is_same]
    return {
        "mean words": round(
            sum(len(a.question.text.split()) for a in answered) / len(answered)
        ),
        "ours": rounded(scores(ours)),
        "old": rounded(scores(old)),
        "difference": differences(ours, old),
        "in the right paragraph": {
            "ours": sum(a.question.is_near(a.ours) for a in answered),
            "old": sum(a.question.is_near(a.old) for a in answered),
        },
        "exactly right alone": {"ours": better[1.0], "old": better[-1.0]},
        "the same place": len(answered) - len(apart),
        "causes": causes(apart),
    }


def differences(ours: list[Asked], old: list[Asked]) -> dict[str, Any]:
    """EM and F1 of ours less the old one's, in percent, with their intervals.

    Questions about one paragraph are drawn together, as in `evaluation.bootstrap`.
    """
    contexts = list(dict.fromkeys(a.example.context for a in ours))
    sums = numpy.zeros((len(contexts), 3))  # per context: questions, EM, F1
    for a, b in zip(ours, old, strict=True):
        sums[contexts.index(a.example.context)] += (1, a.EM - b.EM, a.F1 - b.F1)
    questions, *means = sums.sum(axis=0).tolist()  # (contexts, 3) -> (3,)
    totals = numpy.stack(list(resampled(sums)))  # (resamples, 3)
    percent = 100 * totals[:, 1:] / totals[:, :1]  # -> (resamples, 2)
    bounds = numpy.percentile(percent, [2.5, 97.5], axis=0).T.tolist()  # -> (2, 2)
    return {
        name: {
            "mean": round(100 * mean / questions, 2),
            "interval": [round(bound, 2) for bound in interval],
        }
        for name, mean, interval in zip(("EM", "F1"), means, bounds, strict=True)
    }


def rounded(percent: dict[str, float]) -> dict[str, float]:
    """Percentages with two decimals."""
    return {name: round(value, 2) for name, value in percent.items()}


def causes(apart: list[Answered]) -> dict[str, int]:
    """Which of the old one's steps led to its answer, where the two differ."""
    answerer = companion.QuestionAnswerer(*companion.load())
    each = Counter(
        compare.cause(answerer, {"call": a.question.call, "old": a.old}) for a in apart
    )
    return dict(each.most_common())


def table(figures: dict[str, Any]) -> Iterator[str]:
    """What was stored, as Markdown: ours, the old one's, the difference."""
    yield "| words | EM, ours | old | difference | F1, ours | old | difference | same |"
    yield f"| ---: |{' ---: | ---: | --- |' * 2} ---: |"
    for words, found in figures["words"].items():
        cells = [f"{int(words):,}"]
        for measure in ("EM", "F1"):
            cells += [f"{found[kind][measure]:.1f}" for kind in ("ours", "old")]
            change = found["difference"][measure]
            low, high = change["interval"]
            cells.append(f"{change['mean']:+.1f} ({low:+.1f} to {high:+.1f})")
        same = found["the same place"] / figures["questions"]
        yield f"| {' | '.join(cells)} | {same:.0%} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, required=True)
    parser.add_argument("--answers", type=Path, required=True, help="a folder")
    main(**vars(parser.parse_args()))
