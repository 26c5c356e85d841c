"""The question answerer against the pipeline that Transformers had until 5.2.

    python benchmarks/pipeline.py shared/data/squadshifts_new_wiki.json.gz

The old one runs in the environment that `tests/oracle/make.py` makes, ours in this one:
two processes, the same questions from the file's held-out part, in the same run.
Times are seconds of processor time with one thread, so that other work on the machine
counts little. A ratio is the old one's time over ours: above 1, ours is faster. Memory
is the peak of the process above what it had before. The old one
gets `batch_size=16` where there is more than one window, ours chooses.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
MODEL = HERE.parent / "companion" / "embedded"
LONG = 200_000  # words


def serve(kind: str) -> None:
    """A process that answers: a line of JSON in, a line of JSON out, for each task."""
    answerer = old_one() if kind == "old" else our_own(kind)
    answerer(question="Who?", context="My name is Foo")
    for line in sys.stdin:
        task = json.loads(line)
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        began = time.process_time()
        found = answerer(**task)
        taken = time.process_time() - began
        peak = memory("VmHWM") - before
        result = {"seconds": taken, "MB": peak, "found": found}
        print(json.dumps(result), flush=True)


def memory(which: str) -> float:
    """MB that this process has (VmRSS), or had at most (VmHWM); Linux tells."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def old_one():
    """The old pipeline, with its own defaults."""
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    model = transformers.BertForQuestionAnswering.from_pretrained(
        MODEL, dtype=torch.float32
    )
    tokenizer = transformers.AutoTokenizer.from_pretrained(MODEL)
    return transformers.pipeline(
        "question-answering", model=model, tokenizer=tokenizer, device="cpu"
    )


def our_own(kind: str):
    """Ours, in float32 or in bfloat16."""
    import companion

    tokenizer, model = companion.load()
    return companion.QuestionAnswerer(tokenizer, model, bfloat16=kind == "bfloat16")


class Worker:
    """One of the processes, seen from here."""

    def __init__(self, kind: str):
        self.process = subprocess.Popen(
            [python_of(kind), __file__, "--serve", kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "0"},
        )

    def ask(self, **task) -> dict:
        """Hand over a task and wait for what comes of it."""
        print(json.dumps(task), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        """Let the process end."""
        self.process.stdin.close()
        self.process.wait()


def in_turn(kinds: list[str], task: dict) -> dict[str, dict]:
    """Each question to each process before the next one, so that all meet the same."""
    workers = {kind: Worker(kind) for kind in kinds}
    results = {kind: {"seconds": 0.0, "found": []} for kind in kinds}
    for question, context in zip(task["question"], task["context"], strict=True):
        for kind, worker in workers.items():
            answer = worker.ask(question=question, context=context)
            results[kind]["seconds"] += answer["seconds"]
            results[kind]["MB"] = max(answer["MB"], results[kind].get("MB", 0.0))
            results[kind]["found"].append(answer["found"])
    for worker in workers.values():
        worker.end()
    return results


def one_by_one(kinds: list[str], task: dict) -> dict[str, dict]:
    """The whole task to one process after the other, each alone."""
    results = {}
    for kind in kinds:
        worker = Worker(kind)
        batch = {"batch_size": 16} if kind == "old" else {}
        results[kind] = worker.ask(**task, **batch)
        worker.end()
    return results


def python_of(kind: str) -> Path | str:
    """The interpreter that has the library in question."""
    if kind != "old":
        return sys.executable
    from oracle.make import old_python

    return old_python()


def tasks(path: Path) -> dict[str, dict]:
    """What is asked: each task by its name, as arguments of a call."""
    from companion.fine_tuning.held_out import hold_out
    from companion.fine_tuning.squad import read_squad

    examples = read_squad(path)
    _, held_out = hold_out(examples, path.name)
    asked = [e.question for e in held_out[:500]]
    contexts = [e.context for e in held_out[:500]]
    words = " ".join(dict.fromkeys(e.context for e in examples)).split()
    book = (words * (LONG // len(words) + 1))[:LONG]
    return {
        "50 questions, one at a time": {
            "question": asked[:50],
            "context": contexts[:50],
        },
        "500 questions": {"question": asked, "context": contexts},
        f"{LONG:,} words": {"question": asked[0], "context": " ".join(book)},
    }


def main(path: Path) -> None:
    """Measure and print."""
    import torch

    from companion.devices import multiplies_bfloat16

    kinds = ["old", "float32"]
    if multiplies_bfloat16(torch.device("cpu")):
        kinds.append("bfloat16")
    print("| task | old | float32 | ratio | bfloat16 | ratio | old, MB | ours, MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    found: dict[str, list] = {}
    for name, task in tasks(path).items():
        results = in_turn(kinds, task) if "one" in name else one_by_one(kinds, task)
        for kind in kinds:
            found.setdefault(kind, []).append(results[kind]["found"])
        print(f"| {name} | {_row(results)} |", flush=True)
    print(f"\nShare of matrix products in ours: {matrix_share():.0%}.")
    _quality(path, found)


def _row(results: dict[str, dict]) -> str:
    old = results["old"]["seconds"]
    cells = [f"{old:.1f}"]
    for kind in ("float32", "bfloat16"):
        if kind in results:
            cells += [
                f"{results[kind]['seconds']:.1f}",
                f"{old / results[kind]['seconds']:.2f}",
            ]
        else:
            cells += ["-", "-"]
    return " | ".join(
        [*cells, f"{results['old']['MB']:.0f}", f"{results['float32']['MB']:.0f}"]
    )


def matrix_share() -> float:
    """Of the time of one batch of full windows, what goes into matrix products."""
    import torch
    from torch.profiler import profile

    answerer = our_own("float32")
    torch.set_num_threads(1)
    context = "The weather was mild, and nothing was heard from the north. " * 300
    answerer("Who?", context)
    with profile() as profiler:
        answerer("Who?", context)
    times = {e.key: e.self_cpu_time_total for e in profiler.key_averages()}
    products = ("addmm", "mm", "bmm", "baddbmm", "flash_attention", "linear", "matmul")
    spent = sum(t for key, t in times.items() if any(p in key for p in products))
    return spent / sum(times.values())


def _quality(path: Path, found: dict[str, list]) -> None:
    """EM and F1 of the 500 answers, by kind."""
    from companion.fine_tuning.held_out import hold_out
    from companion.fine_tuning.metrics import exact_match, f1
    from companion.fine_tuning.squad import read_squad

    _, held_out = hold_out(read_squad(path), path.name)
    references = [[text for text, _ in e.answers] for e in held_out[:500]]
    print("\n| | EM | F1 |\n| --- | ---: | ---: |")
    for kind, (_, answers, _) in found.items():
        pairs = [
            (a["answer"], r) for a, r in zip(answers, references, strict=True) if r
        ]
        em = 100 * sum(exact_match(a, r) for a, r in pairs) / len(pairs)
        overlap = 100 * sum(f1(a, r) for a, r in pairs) / len(pairs)
        print(f"| {kind} | {em:.1f} | {overlap:.1f} |")


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2])
    else:
        main(Path(sys.argv[1]))
