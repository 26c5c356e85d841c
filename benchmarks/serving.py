"""One of the pipelines in a process of its own, measured there.

    python -m benchmarks.serving old

It answers a line of JSON for each line of JSON that it reads: the arguments of a call
in; seconds of processor time, MB and answers out. The old pipeline runs in another
environment, so this file imports neither library until it knows which one it is.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "companion" / "embedded"


class Worker:
    """One of the processes, as the benchmark sees it.

    Args:
        python: the interpreter that has the library in question.
        kind: `old`; ours in `float32`, or `bfloat16`; or the path of an ONNX model.
    """

    def __init__(self, python: Path | str, kind: str):
        self.process = subprocess.Popen(
            [python, "-m", "benchmarks.serving", kind],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "0"},
        )

    def ask(self, **task: Any) -> dict[str, Any]:
        """Hand over a task and wait for its result."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(task), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        """Let the process end."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def serve(kind: str) -> None:
    """Answer what comes on stdin."""
    answerer = old_one() if kind == "old" else our_own(kind)
    answerer(question="Who?", context="My name is Foo")
    for line in sys.stdin:
        task = json.loads(line)
        before = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
        began = time.process_time()
        answers = answerer(**task)
        taken = time.process_time() - began
        peak = memory("VmHWM") - before
        result = {"seconds": taken, "MB": peak, "answers": answers}
        print(json.dumps(result), flush=True)


def memory(which: str) -> float:
    """MB that this process has (VmRSS), or had at most (VmHWM), on Linux."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{which}:")[1].split()[0]) / 1024


def old_one() -> Callable[..., Any]:
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


def our_own(kind: str) -> Callable[..., Any]:
    """Ours, in float32 or in bfloat16, or around an ONNX model."""
    if kind.endswith(".onnx"):
        from benchmarks.exported import answerer

        return answerer(Path(kind))
    import companion

    tokenizer, model = companion.load()
    return companion.QuestionAnswerer(tokenizer, model, bfloat16=kind == "bfloat16")


if __name__ == "__main__":
    serve(sys.argv[1])
