"""The question answerer against the pipeline that Transformers had until 5.2, and ONNX.

    pip install onnxruntime==1.32.0 onnx==1.23.2
    python -m benchmarks.pipeline squadshifts_new_wiki.json.gz

The old one runs in the environment that `oracle.make` makes, ours in this one, and ours
with ONNX Runtime in place of the forward pass (`exported.py`): a process each, the same
questions from the file's held-out part, in the same run. Times are seconds of processor
time with one thread, so other work on the machine counts little. A ratio is the old
one's time over another's: above 1, the other is faster. Memory is the peak of the
process above what it had before. The old one gets `batch_size=16` where there is more
than one window, ours chooses. Linux only.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch.profiler import profile

import companion
from benchmarks.exported import export
from benchmarks.questions import held_out
from benchmarks.rates import matrix_rate, onednn_rate
from benchmarks.serving import Worker, our_own
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import evaluation
from companion.fine_tuning.squad import Example, read_squad
from companion.qa_pipeline.batches import TOKENS_AT_ONCE
from oracle.make import old_python

LONG = 200_000  # words
MANY, FEW = 500, 50  # questions
PARTS = {
    "Linear layers": ("linear", "addmm"),
    "Attention": ("flash_attention",),
    "GELU": ("gelu",),
    "LayerNorm": ("layer_norm",),
}
Results = dict[str, dict[str, Any]]  # by name of the pipeline


def main(path: Path) -> None:
    """Measure, and print the table."""
    kinds = {"old": "old", "float32": "float32"}
    if multiplies_bfloat16(torch.device("cpu")):
        kinds["bfloat16"] = "bfloat16"
    with tempfile.TemporaryDirectory() as folder:
        whole, small = export(Path(folder))
        kinds |= {"ONNX, float32": str(whole), "ONNX, 8 bits": str(small)}
        examples = held_out(path)[:MANY]
        one, many, long = tasks(examples, read_squad(path))
        results = [
            in_turn(kinds, one),
            one_by_one(kinds, many),
            one_by_one(kinds, long),
        ]
    print(
        f"| | {FEW} questions, one at a time | {MANY} questions | {LONG:,} words |",
        end="",
    )
    print(" MB | EM | F1 |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for kind in kinds:
        print(f"| {kind} | {_row(kind, results)} | ", end="")
        print(f"{_quality(examples, results[1][kind]['answers'])} |")
    print_shares()


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


def in_turn(kinds: dict[str, str], task: dict[str, Any]) -> Results:
    """Put each question to each process before the next: all meet the same load."""
    workers = {name: Worker(python_of(kind), kind) for name, kind in kinds.items()}
    results: Results = {name: {"seconds": 0.0} for name in kinds}
    for question, context in zip(task["question"], task["context"], strict=True):
        for name, worker in workers.items():
            answer = worker.ask(question=question, context=context)
            results[name]["seconds"] += answer["seconds"]
    for worker in workers.values():
        worker.end()
    return results


def one_by_one(kinds: dict[str, str], task: dict[str, Any]) -> Results:
    """Put the whole task to one process after the other, each alone."""
    results = {}
    for name, kind in kinds.items():
        worker = Worker(python_of(kind), kind)
        batch = {"batch_size": 16} if kind == "old" else {}
        results[name] = worker.ask(**task, **batch)
        worker.end()
    return results


def python_of(kind: str) -> Path | str:
    """The interpreter that has the library in question."""
    return old_python() if kind == "old" else sys.executable


def _row(kind: str, results: list[Results]) -> str:
    """Seconds of each task with the ratio behind it, and MB for the last."""
    cells = []
    for result in results:
        seconds = result[kind]["seconds"]
        ratio = result["old"]["seconds"] / seconds
        cells.append(f"{seconds:.1f}" + (f" ({ratio:.2f})" if kind != "old" else ""))
    return " | ".join([*cells, f"{results[-1][kind]['MB']:.0f}"])


def print_shares() -> None:
    """Of the time of some full windows, what each kind of operation takes."""
    torch.set_num_threads(1)
    answerer = our_own("float32")
    context = "The weather was mild, and nothing was heard from the north. " * 300
    answerer("Who?", context)
    with profile() as profiler:
        answerer("Who?", context)
    times = {e.key: e.self_cpu_time_total for e in profiler.key_averages()}
    for name, parts in PARTS.items():
        spent = sum(t for key, t in times.items() if any(p in key for p in parts))
        print(f"{name}: {spent / sum(times.values()):.0%} of a batch's time")
    _, model = companion.load()
    for name, rate in (("PyTorch's", matrix_rate), ("oneDNN's", onednn_rate)):
        speed = rate(TOKENS_AT_ONCE, model.config, torch.float32)
        print(f"{name} float32 product: {speed / 1e9:.0f} GFLOP/s")


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
