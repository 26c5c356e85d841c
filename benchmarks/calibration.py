"""How often an answer of a given score is right, and how often there is none.

    python benchmarks/calibration.py squadshifts_*.json.gz --questions 800

Asks the embedded model some of the files' held-out questions with their own paragraph,
and half of them again with another of the same page that lacks the answer. Writes the
counts by bins of the score to `companion/calibration.json`, from which chapter 7 draws.
"""

import argparse
import hashlib
import json
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import companion
from companion.fine_tuning.features import add_unanswerable
from companion.fine_tuning.held_out import split_files
from companion.fine_tuning.metrics import exact_match
from companion.fine_tuning.squad import Example
from companion.qa_pipeline.answers import Answer, best_answers, probabilities
from companion.qa_pipeline.arguments import lengths
from companion.qa_pipeline.batches import Task, groups, logits_of
from companion.qa_pipeline.windows import read, run

BINS = 10
OUTPUT = Path(companion.__file__).parent / "calibration.json"
WANTED = {
    "top_k": 1,
    "max_answer_len": 30,  # as where EM and F1 are measured
    "handle_impossible_answer": False,
    "align_to_words": True,
}


def main(paths: list[Path], questions: int) -> None:
    """Ask, count, write."""
    _, held_out = split_files(paths)
    every = [example for part in held_out.values() for example in part]
    answered = random.Random(0).sample(every, questions)
    unanswered = add_unanswerable(answered, share=0.5, seed=0)[len(answered) :]
    bins = [{"questions": 0, "score": 0.0, "right": 0} for _ in range(BINS)]
    no_answer = {"with an answer": [0] * BINS, "without": [0] * BINS}
    for example, answer, nothing in ask(answered):
        count(bins[bin_of(answer["score"])], example, answer)
        no_answer["with an answer"][bin_of(nothing)] += 1
    for _, _, nothing in ask(unanswered):
        no_answer["without"][bin_of(nothing)] += 1
    for counts in bins:
        counts["score"] = round(counts["score"] / max(1, counts["questions"]), 3)
    names = " ".join(path.name for path in paths)
    weights = OUTPUT.parent / "embedded" / "model.safetensors"
    found = {
        "command": f"python benchmarks/calibration.py {names} --questions {questions}",
        "model_sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "best_answer": bins,
        "no_answer": no_answer,
    }
    OUTPUT.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


def count(counts: dict[str, float], example: Example, answer: Answer) -> None:
    """Add an answer to its bin: one question more, its score, whether it is right."""
    texts = [text for text, _ in example.answers]
    counts["questions"] += 1
    counts["score"] += answer["score"]
    counts["right"] += int(exact_match(answer["answer"], texts))


def bin_of(score: float) -> int:
    """0 for scores below a tenth, and so on."""
    return min(int(score * BINS), BINS - 1)


def ask(examples: list[Example]) -> Iterator[tuple[Example, Answer, float]]:
    """Each example with its best answer and the score of "no answer"."""
    tokenizer, model = companion.load()
    model.set_attn_implementation("sdpa")  # the same numbers, sooner
    sizes = lengths(tokenizer, model, None, None, 64)
    tasks = []
    for example in examples:
        question, tokens = (
            read(tokenizer, text) for text in (example.question, example.context)
        )
        windows = sizes.windows(len(question), len(tokens))
        tasks.append(Task(question.ids, example.context, tokens, windows))
    remaining = iter(examples)
    for group in groups(tasks):
        every = logits_of(group, tokenizer, partial(run, model))
        for task, logits in zip(group, every, strict=True):
            answer = best_answers(task.context, task.tokens, logits, **WANTED)[0]
            yield next(remaining), answer, probabilities(logits)[2]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--questions", type=int, required=True)
    main(**vars(parser.parse_args()))
