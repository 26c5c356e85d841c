"""Fine-tune a BERT encoder for extractive question answering, and measure it.

The settings are those that made the embedded model; its card tells what came of them.
"""

import json
import math
import random
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.metrics import exact_match, f1
from companion.qa_head import best_span, span_probabilities
from companion.training_data import (
    BATCH,
    Example,
    Window,
    batches,
    collate,
    windows_of,
    with_no_answers,
)

PEAK_LEARNING_RATE = 1.2e-4
WARM_UP = 0.06  # share of the steps in which the learning rate rises
WEIGHT_DECAY = 0.01
LARGEST_GRADIENT = 1.0  # its norm, over all parameters
NO_ANSWER = 0.1  # how many questions come again with a paragraph that lacks the answer
LONGEST_ANSWER = 30  # tokens, when EM and F1 are measured
SAVE_EVERY = 200  # steps


def fine_tune(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    examples: list[Example],
    output: Path,
    epochs: int,
    seed: int,
) -> None:
    """Train all parameters of `model` on `examples` and save it to the folder `output`.

    The log, `training_log.jsonl`, gets a line a step; the weights are saved along the
    way. The same seed on the same machine gives the same weights.
    """
    torch.manual_seed(seed)
    rng = random.Random(seed)
    output.mkdir(parents=True, exist_ok=True)
    windows = windows_of(with_no_answers(examples, NO_ANSWER, seed), tokenizer)
    steps = epochs * math.ceil(len(windows) / BATCH)
    optimizer = adamw(model)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: slope(s, steps))
    model.train()
    began = time.monotonic()
    with open(output / "training_log.jsonl", "w", encoding="utf-8") as log:
        for step, batch in enumerate(_epochs(windows, epochs, rng), start=1):
            loss = span_loss(model, batch)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            log.write(json.dumps({"step": step, "loss": round(loss.item(), 4)}) + "\n")
            if step % 20 == 0 or step == steps:
                log.flush()
                left = (time.monotonic() - began) / step * (steps - step) / 60
                print(
                    f"step {step}/{steps}  loss {loss:.3f}  {left:.0f} min left",
                    flush=True,
                )
            if step % SAVE_EVERY == 0:
                model.save_pretrained(output)
    model.eval()
    save(model, tokenizer, output)


def _epochs(
    windows: list[Window], epochs: int, rng: random.Random
) -> Iterator[list[Window]]:
    """Each window once an epoch, in batches of like length, the batches shuffled."""
    for _ in range(epochs):
        rng.shuffle(windows)  # so that equal lengths meet in another order
        order = list(batches(windows))
        rng.shuffle(order)
        yield from order


def span_loss(model: BertForQuestionAnswering, batch: list[Window]) -> Tensor:
    """Cross entropy of the true start and of the true end, averaged; a scalar."""
    with _autocast(model.device):
        output = model(**collate(batch))
    starts = torch.tensor([w.start for w in batch])
    ends = torch.tensor([w.end for w in batch])
    start_loss = cross_entropy(output.start_logits.float(), starts)
    return (start_loss + cross_entropy(output.end_logits.float(), ends)) / 2


def arithmetic(device: torch.device) -> str:
    """`bfloat16 autocast` where the processor multiplies such matrices, or `float32`.

    A processor without instructions for bfloat16 takes a hundred times as long with it.
    """
    if device.type == "cpu":
        native = (
            torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
        )
    else:
        native = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return "bfloat16 autocast" if native else "float32"


def _autocast(device: torch.device) -> AbstractContextManager:
    return torch.autocast(
        device.type, dtype=torch.bfloat16, enabled=arithmetic(device) != "float32"
    )


def adamw(model: BertForQuestionAnswering) -> torch.optim.AdamW:
    """AdamW with weight decay on the matrices only, not on biases and LayerNorms."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    groups = [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=PEAK_LEARNING_RATE, fused=True)


def slope(step: int, steps: int) -> float:
    """The learning rate's share of its peak: up in a line, then down in a line."""
    rise = max(1, int(WARM_UP * steps))
    return (step + 1) / rise if step < rise else (steps - step) / max(1, steps - rise)


def save(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, output: Path
) -> None:
    """Write the weights as float16 safetensors, the configuration, the vocabulary."""
    model.half().save_pretrained(output)
    model.float()
    tokenizer.save_pretrained(output)
    (
        output / "tokenizer.json"
    ).unlink()  # vocab.txt says the same in a third of the space
    pieces = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    vocabulary = "".join(f"{piece}\n" for piece, _ in pieces)
    (output / "vocab.txt").write_text(vocabulary, encoding="utf-8", newline="\n")


@torch.inference_mode()
def evaluate(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, examples: list[Example]
) -> dict[str, float]:
    """EM and F1 in percent over `examples`, each read in as many windows as it needs.

    Of several windows the one with the most probable answer speaks.
    """
    best: dict[int, tuple[float, str]] = {}
    for batch in batches(windows_of(examples, tokenizer)):
        with _autocast(model.device):
            output = model(**collate(batch))
        for row, window in enumerate(batch):
            is_context = torch.tensor([o is not None for o in window.offsets])
            starts, ends = span_probabilities(
                output.start_logits[row, : len(is_context)].float(),
                output.end_logits[row, : len(is_context)].float(),
                is_context,
            )
            first, last, score = best_span(starts, ends, LONGEST_ANSWER)
            if score > best.get(window.example, (-1.0, ""))[0]:
                start, end = window.offsets[first][0], window.offsets[last][1]
                best[window.example] = (
                    score,
                    examples[window.example].context[start:end],
                )
    texts = [[text for text, _ in e.answers] for e in examples]
    matches = sum(exact_match(best[i][1], texts[i]) for i in range(len(examples)))
    overlap = sum(f1(best[i][1], texts[i]) for i in range(len(examples)))
    return {"EM": 100 * matches / len(examples), "F1": 100 * overlap / len(examples)}
