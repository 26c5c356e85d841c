"""The companion's encoder against the library's eager one, in the same run.

    python -m benchmarks.encoder

For the embedded model and the notes' shape, batch 1 and 16, and 10, 128 and 384 tokens:
the time of `encoder.trace`, which keeps every intermediate, over that of the library's
forward pass; the peak memory of one over that of the other; and the share that the
companion reaches of the measured rate of PyTorch's own matrix product, `@`. Times are
those of this process, with one thread; calls of the two alternate and the median
counts. So other work on the machine counts little. Prints a Markdown table.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor
from torch.profiler import ProfilerActivity, profile
from transformers import BertConfig, BertForQuestionAnswering, BertModel

import companion
from benchmarks.rates import matrix_rate
from companion import encoder
from companion.architecture import multiplications_per_token

SECONDS, AT_LEAST = 4.0, 3  # per row of the table: seconds, and pairs of calls


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    _, embedded = companion.load()
    config = BertConfig(vocab_size=28996, attn_implementation="eager")
    models = {
        "embedded": embedded.bert,
        "the notes'": BertForQuestionAnswering(config).eval().bert,
    }
    print(f"1 thread, PyTorch {torch.__version__}\n")
    print("| model | batch | tokens | time | peak memory | rate of `@` |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, bert in models.items():
        for batch in (1, 16):
            for tokens in (10, 128, 384):
                print(f"| {name} | {batch} | {tokens} | {_row(bert, batch, tokens)} |")


@torch.inference_mode()
def _row(bert: BertModel, batch: int, tokens: int) -> str:
    ids = torch.randint(1000, 28_996, (batch, tokens))
    ours, theirs = (
        (lambda: encoder.trace(bert, ids).last_hidden_state),
        (lambda: bert(ids).last_hidden_state),
    )
    assert torch.allclose(ours(), theirs(), atol=1e-3)
    mine, others = alternate(ours, theirs)
    parts = multiplications_per_token(bert.config, tokens)
    del parts["qa_outputs"]
    rate = 2 * batch * tokens * sum(parts.values()) / mine
    share = rate / matrix_rate(batch * tokens, bert.config, torch.float32)
    memory = peak_memory(ours) / peak_memory(theirs)
    return f"{mine / others:.2f} | {memory:.2f} | {share:.0%}"


def alternate(
    ours: Callable[[], Tensor], theirs: Callable[[], Tensor]
) -> tuple[float, float]:
    """The median time of each, in seconds; the calls take turns."""
    taken: tuple[list[float], list[float]] = ([], [])
    end = time.process_time() + SECONDS
    while len(taken[0]) < AT_LEAST or time.process_time() < end:
        turn = len(taken[0]) % 2  # the first of a pair is now the one, now the other
        for which in (turn, 1 - turn):
            began = time.process_time()
            (ours, theirs)[which]()
            taken[which].append(time.process_time() - began)
    return statistics.median(taken[0]), statistics.median(taken[1])


def peak_memory(call: Callable[[], Tensor]) -> int:
    """Bytes of tensors that are alive at once, at most, while `call` runs.

    Counted by PyTorch's profiler at each allocation, so it is the same every time.
    """
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        call()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.json"
        profiler.export_chrome_trace(str(path))
        events = json.loads(path.read_text("utf-8"))["traceEvents"]
    changes = [event["args"] for event in events if event["name"] == "[memory]"]
    before = changes[0]["Total Allocated"] - changes[0]["Bytes"]
    return max(change["Total Allocated"] for change in changes) - before


if __name__ == "__main__":
    main()
