"""The question answerer against the pipeline that Transformers had until 5.2.

    python -m benchmarks.pipeline squadshifts_new_wiki.json.gz

The old one runs in the environment that `oracle.make` makes, ours in this one: two
processes, the same questions from the file's held-out part, in the same run. Times are
seconds of processor time with one thread, so other work on the machine counts little. A
ratio is the old one's time over ours: above 1, ours is faster. Memory is the peak of
the process above what it had before. The old one gets `batch_size=16` where there is
more than one window, ours chooses. Linux only.
"""

import sys
from pathlib import Path
from typing import Any

import torch
from torch.profiler import profile

from benchmarks.questions import held_out
from benchmarks.serving import Worker, our_own
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import evaluation
from companion.fine_tuning.squad import Example, read_squad
from oracle.make import old_python

LONG = 200_000  # words
MANY, FEW = 500, 50  # questions
Results = dict[str, dict[str, Any]]  # by kind of pipeline


def main(path: Path) -> None:
    """Measure, and print the tables."""
    kinds = ["old", "float32"]
    if multiplies_bfloat16(torch.device("cpu")):
        kinds.append("bfloat16")
    print("| task | old | float32 | ratio | bfloat16 | ratio | old, MB | ours, MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    examples = held_out(path)[:MANY]
    one, many, long = tasks(examples, read_squad(path))
    print(f"| {FEW} questions, one at a time | {_row(in_turn(kinds, one))} |")
    together = one_by_one(kinds, many)
    print(f"| {MANY} questions | {_row(together)} |", flush=True)
    print(f"| {LONG:,} words | {_row(one_by_one(kinds, long))} |", flush=True)
    print(f"\nShare of matrix products in ours: {matrix_share():.0%}.")
    print("\n| | EM | F1 |\n| --- | ---: | ---: |")
    for kind in kinds:
        print(f"| {kind} | {_quality(examples, together[kind]['answers'])} |")


def tasks(examples: list[Example], every: list[Example]) -> list[dict[str, Any]]:
    """What is asked: a few questions, many, and one about a very long text."""
    questions = [e.question for e in examples]
    contexts = [e.context for e in examples]
    words = " ".join(dict.fromkeys(e.context for e in every)).split()
    book = (words * (LONG // len(words) + 1))[:LONG]
    return [
        {"question": questions[:FEW], "context": contexts[:FEW]},
        {"question": questions, "context": contexts},
        {"question": questions[0], "context": " ".join(book)},
    ]


def in_turn(kinds: list[str], task: dict[str, Any]) -> Results:
    """Put each question to each process before the next: all meet the same load."""
    workers = {kind: Worker(python_of(kind), kind) for kind in kinds}
    results: Results = {kind: {"seconds": 0.0, "MB": 0.0} for kind in kinds}
    for question, context in zip(task["question"], task["context"], strict=True):
        for kind, worker in workers.items():
            answer = worker.ask(question=question, context=context)
            results[kind]["seconds"] += answer["seconds"]
            results[kind]["MB"] = max(answer["MB"], results[kind]["MB"])
    for worker in workers.values():
        worker.end()
    return results


def one_by_one(kinds: list[str], task: dict[str, Any]) -> Results:
    """Put the whole task to one process after the other, each alone."""
    results = {}
    for kind in kinds:
        worker = Worker(python_of(kind), kind)
        batch = {"batch_size": 16} if kind == "old" else {}
        results[kind] = worker.ask(**task, **batch)
        worker.end()
    return results


def python_of(kind: str) -> Path | str:
    """The interpreter that has the library in question."""
    return old_python() if kind == "old" else sys.executable


def _row(results: Results) -> str:
    old = results["old"]["seconds"]
    cells = [f"{old:.1f}"]
    for kind in ("float32", "bfloat16"):
        seconds = results[kind]["seconds"] if kind in results else None
        cells += [f"{seconds:.1f}", f"{old / seconds:.2f}"] if seconds else ["-", "-"]
    return " | ".join(
        [*cells, f"{results['old']['MB']:.0f}", f"{results['float32']['MB']:.0f}"]
    )


def matrix_share() -> float:
    """Of the time of one batch of full windows, the share of matrix products."""
    torch.set_num_threads(1)
    answerer = our_own("float32")
    context = "The weather was mild, and nothing was heard from the north. " * 300
    answerer("Who?", context)
    with profile() as profiler:
        answerer("Who?", context)
    times = {e.key: e.self_cpu_time_total for e in profiler.key_averages()}
    products = ("addmm", "mm", "bmm", "baddbmm", "flash_attention", "linear", "matmul")
    spent = sum(t for key, t in times.items() if any(p in key for p in products))
    return spent / sum(times.values())


def _quality(examples: list[Example], answers: list[Any]) -> str:
    """EM and F1 of one pipeline's answers."""
    judged = [
        evaluation.judge(example, answer, no_answer=False)
        for example, answer in zip(examples, answers, strict=True)
    ]
    scores = evaluation.scores(judged)
    return f"{scores['EM']:.1f} | {scores['F1']:.1f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
