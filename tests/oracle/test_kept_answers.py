"""Answers on long texts that were kept: asked for again if the model changed."""

import types

from benchmarks import long_questions
from benchmarks.long_questions import Question, answers_of


class Counting:
    """A process that answers with the number of its answer, from 0."""

    def __init__(self, *_):
        self.count = -1

    def ask(self, **_):
        self.count += 1
        return {"answers": self.count}

    def end(self):
        pass


def test_answers_are_kept_for_the_weights_that_gave_them(monkeypatch, tmp_path):
    monkeypatch.setattr(long_questions, "Worker", Counting)
    example = types.SimpleNamespace(question="Who?", context="Foo")
    asked = [Question(example, "Foo", 0)] * 3
    assert answers_of("old", "python", asked[:2], tmp_path) == [0, 1]
    assert answers_of("old", "python", asked, tmp_path) == [0, 1, 0]
    monkeypatch.setattr(long_questions, "weights_sha256", lambda: "f" * 64)
    assert answers_of("old", "python", asked, tmp_path) == [0, 1, 2]
