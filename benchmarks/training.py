"""The fine-tuning command's loop against Transformers' Trainer, in the same run.

    python -m benchmarks.training FILE.json.gz [ROUNDS]

Both train MiniLM's shape on the same questions, cut into the same windows, for an
epoch, in turns, with the same number of windows per step. The Trainer has its defaults:
windows in random order, padded to the longest of the step. Tokens are those of the
windows; padding does not count. Seconds are those that one core gave to this process,
so other work on the machine counts little. The last figure is the share of the core's
measured rate of `@`, in the loop's arithmetic; the Trainer's is float32.
Prints a Markdown table.
"""

import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

import torch
from accelerate.state import AcceleratorState
from transformers import (
    BertForQuestionAnswering,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)
from transformers.utils import logging

import companion
from benchmarks.rates import matrix_rate
from companion import fine_tuning
from companion.architecture import multiplications_per_token
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import Recipe, features
from companion.fine_tuning.features import Feature
from companion.fine_tuning.recipe import BATCH
from companion.fine_tuning.squad import read_squad
from companion.training.loop import accelerator_for

QUESTIONS, ROUNDS = 128, 3
MATRIX_ROWS = BATCH * 192  # tokens


def main(path: Path, rounds: int) -> None:
    """Measure in turns, and print the medians."""
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer, model = companion.load()
    model.set_attn_implementation("sdpa")
    examples = random.Random(0).sample(read_squad(path), k=QUESTIONS)
    windows = features.features_of(examples, tokenizer)
    lengths = [len(w.input_ids) for w in windows]
    kinds = ["float32"] + ["bfloat16"] * multiplies_bfloat16(model.device)
    taken: dict[str, list[float]] = {kind: [] for kind in [*kinds, "Trainer"]}
    for _ in range(rounds):
        for kind in kinds:
            taken[kind].append(our_seconds(model, windows, kind))
        taken["Trainer"].append(their_seconds(model, tokenizer, windows))
    rates = {k: sum(lengths) / statistics.median(s) for k, s in taken.items()}
    parts = multiplications_per_token(model.config, round(statistics.mean(lengths)))
    each = 3 * 2 * sum(parts.values())  # forwards, and twice that back
    print(f"1 thread, PyTorch {torch.__version__}\n")
    print("| arithmetic | tokens a second | Trainer's | ratio | rate of `@` |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for kind in kinds:
        ratio = rates[kind] / rates["Trainer"]
        fastest = matrix_rate(MATRIX_ROWS, model.config, getattr(torch, kind))
        share = each * rates[kind] / fastest
        cells = f"{rates[kind]:,.0f} | {rates['Trainer']:,.0f} | {ratio:.2f}"
        print(f"| {kind} | {cells} | {share:.0%} |")


def our_seconds(
    model: BertForQuestionAnswering, windows: list[Feature], arithmetic: str
) -> float:
    """One epoch of the command's own loop, with its log and one save."""
    AcceleratorState._reset_state(reset_partial_state=True)
    accelerator, arithmetic = accelerator_for(arithmetic)
    recipe = Recipe(epochs=1, arithmetic=arithmetic)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        fine_tuning.fine_tune(model, windows, Path(folder), recipe, accelerator)
        return time.process_time() - began


def their_seconds(
    model: BertForQuestionAnswering, tokenizer: object, windows: list[Feature]
) -> float:
    """One epoch of the Trainer."""
    rows = [
        {
            "input_ids": w.input_ids,
            "token_type_ids": w.token_type_ids,
            "attention_mask": [1] * len(w.input_ids),
            "start_positions": w.start,
            "end_positions": w.end,
        }
        for w in windows
    ]
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(
            folder,
            num_train_epochs=1,
            per_device_train_batch_size=BATCH,
            report_to=[],
            disable_tqdm=True,
            dataloader_pin_memory=False,
        )
        trainer = Trainer(
            model=model,
            args=arguments,
            train_dataset=rows,
            data_collator=DataCollatorWithPadding(tokenizer),
        )
        began = time.process_time()
        trainer.train()
        return time.process_time() - began


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS)
