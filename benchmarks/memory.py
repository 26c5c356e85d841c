"""What the answerer takes for 200,000 words, in every family: MB beyond the model.

    python -m benchmarks.memory

A model of each family, two layers of a base model's width with random weights, in a
process of its own. The text has English's four tokens for three words. One batch in 32
goes through the model, the others get random logits: they would take time, but no more
memory. MB: the most that the process had, less what it had before. Linux only.
"""

import random
import subprocess
import sys
from itertools import count
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.serving import memory
from companion import QuestionAnswerer
from companion.qa_pipeline import batches
from oracle import pieces, small

WORDS = 200_000
SHOWN = 32  # one batch in 32 goes through the model
LONGEST = 512  # tokens
WIDTH = {"hidden_size": 768, "num_attention_heads": 12, "intermediate_size": 3072}
OWN_NAMES = {"dim": 768, "n_heads": 12, "hidden_dim": 3072}  # DistilBERT's for these
REACH = {"attention_window": 512, "local_attention": 128, "position_buckets": 256}


def main() -> None:
    """Measure each family in its own process, and print the table."""
    print("| family | MB |\n| --- | ---: |")
    for name in small.FAMILIES:
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", name],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        print(f"| {name} | {run.stdout.strip()} |", flush=True)


def taken(name: str) -> float:
    """MB that a question about the long text takes."""
    torch.set_num_threads(1)
    tokenizer, model = small.small_model(name, LONGEST, **WIDTH, **OWN_NAMES, **REACH)
    context = text(tokenizer)
    answerer = QuestionAnswerer(tokenizer, model)
    answerer("Who?", "My name is Foo")
    skip_most_batches()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    answerer("Who?", context)
    return memory("VmHWM") - before


def text(tokenizer: small.Tokenizer) -> str:
    """Words of which two in three are one token, and the others two."""
    words: dict[int, list[str]] = {1: [], 2: []}
    for word in sorted(set(pieces.TEXT.split())):
        tokens = len(tokenizer.tokenize(f" {word}"))
        words.setdefault(tokens, []).append(word)
    rng = random.Random(0)
    return " ".join(rng.choice(words[1 + (i % 3 == 2)]) for i in range(WORDS))


def skip_most_batches() -> None:
    """Let one forward pass of many be computed."""
    computed, batch = batches.forward, count(1)

    def forward(
        model: small.PreTrainedModel, inputs: dict[str, Tensor], bfloat16: bool = False
    ) -> Tensor:
        if next(batch) % SHOWN == 0:
            return computed(model, inputs, bfloat16)
        rows, tokens = inputs["input_ids"].shape
        return torch.randn(rows, 2, tokens)

    batches.forward = forward


if __name__ == "__main__":
    if names := sys.argv[1:]:
        print(round(taken(*names)))
    else:
        main()
