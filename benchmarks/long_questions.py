"""Held-out questions, each about a paragraph among its neighbours. See `long_texts`."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.questions import held_out
from benchmarks.serving import Worker
from companion.fine_tuning.squad import Example
from companion.measured import weights_sha256
from companion.qa_pipeline.answers import Answer

SAMPLE = 100  # questions of each file, at most
BETWEEN = "\n\n"


@dataclass(frozen=True)
class Question:
    """A question, and a text of many paragraphs; its own begins at `first`."""

    example: Example
    text: str
    first: int

    @property
    def call(self) -> dict[str, str]:
        """What both pipelines are called with."""
        return {"question": self.example.question, "context": self.text}

    def is_near(self, answer: Answer) -> bool:
        """Tell whether an answer begins in the question's own paragraph."""
        return 0 <= answer["start"] - self.first < len(self.example.context)


def chosen(paths: list[Path], count: int) -> Iterator[tuple[Example, list[str]]]:
    """Questions of all files in turn, each with its file's held-out paragraphs.

    Those of a lower count are among those of a higher one, so their answers are too.
    """
    columns = []
    for path in paths:
        examples = held_out(path)
        paragraphs = list(dict.fromkeys(e.context for e in examples))
        sample = random.Random(0).sample(examples, SAMPLE)[:count]
        columns.append([(example, paragraphs) for example in sample])
    for row in zip(*columns, strict=True):
        yield from row


def question_about(example: Example, paragraphs: list[str], words: int) -> Question:
    """Put a question's paragraph among its neighbours, some `words` in all."""
    rng = random.Random(f"{words} {example.id}")
    place, own = paragraphs.index(example.context), example.context
    around = paragraphs[place + 1 :] + paragraphs[:place]  # the last before the first
    room = words - len(own.split())
    before = nearest(reversed(around), rng.random() * room)
    after = nearest(around, room - sum(len(p.split()) for p in before))
    first = sum(len(paragraph) + len(BETWEEN) for paragraph in before)
    return Question(example, BETWEEN.join([*reversed(before), own, *after]), first)


def nearest(paragraphs: Iterable[str], words: float) -> list[str]:
    """The first paragraphs, as many as come nearest to so many words."""
    taken: list[str] = []
    for paragraph in paragraphs:
        length = len(paragraph.split())
        if length / 2 > words:
            break
        taken.append(paragraph)
        words -= length
    return taken


def answers_of(
    kind: str, python: Path | str, questions: list[Question], folder: Path
) -> list[Answer]:
    """One pipeline's answers; those in `folder` are not asked for again.

    The name of their file has the weights' digest: another model is asked anew.
    """
    path = folder / f"{kind}-{(weights_sha256() or 'none')[:12]}.jsonl"
    found = path.read_text("utf-8").splitlines() if path.exists() else []
    worker = Worker(python, kind)
    with path.open("a", encoding="utf-8") as log:
        for question in questions[len(found) :]:
            found.append(json.dumps(worker.ask(**question.call)["answers"]))
            print(found[-1], file=log, flush=True)
    worker.end()
    return list(map(json.loads, found[: len(questions)]))
