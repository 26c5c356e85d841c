"""The fine-tuning command's loop against Transformers' Trainer, in the same run.

    python benchmarks/training.py FILE.json.gz [ROUNDS]

Both train MiniLM's shape on the same questions, cut into the same windows, for an
epoch, in turns, with as many windows a step. The Trainer has its defaults: windows in
random order, padded to the longest of the step. Tokens are those of the windows;
padding does not count. The last figure is the share of the processor's measured
matrix-product rate, in the arithmetic that the loop uses. Prints a Markdown table.
"""

import random
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import torch
from transformers import (
    BertForQuestionAnswering,
    DataCollatorWithPadding,
    Trainer,
    TrainingArguments,
)
from transformers.utils import logging

import companion
from companion import fine_tuning, training_data
from companion.architecture import multiplications_per_token
from companion.commands.fine_tune import accelerator_for
from companion.fine_tuning import Recipe
from companion.squad import read_squad
from companion.training_data import Window

QUESTIONS = 400
RECIPE = Recipe(epochs=1, batch=training_data.BATCH)


def main(path: Path, rounds: int) -> None:
    """Measure in turns and print the medians."""
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    tokenizer, model = companion.load()
    model.set_attn_implementation("sdpa")
    examples = random.Random(0).sample(read_squad(path), k=QUESTIONS)
    windows = training_data.windows_of(examples, tokenizer)
    lengths = [len(w.input_ids) for w in windows]
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(sum(lengths) / our_seconds(model, windows))
        theirs.append(sum(lengths) / their_seconds(model, tokenizer, windows))
    mine, others = statistics.median(ours), statistics.median(theirs)
    parts = multiplications_per_token(model.config, round(statistics.mean(lengths)))
    operations = 3 * 2 * sum(parts.values()) * mine  # forwards, and twice that back
    recipe = accelerator_for(RECIPE)[1]
    share = operations / matrix_rate(recipe.arithmetic, model)
    print(f"{torch.get_num_threads()} threads, PyTorch {torch.__version__}\n")
    print("| arithmetic | tokens a second | Trainer's | ratio | matrix rate |")
    print("| --- | ---: | ---: | ---: | ---: |")
    told = f"{mine:,.0f} | {others:,.0f} | {mine / others:.2f} | {share:.0%}"
    print(f"| {recipe.arithmetic} | {told} |")


def our_seconds(model: BertForQuestionAnswering, windows: list[Window]) -> float:
    """One epoch of the command's own loop, with its log and one save."""
    accelerator, recipe = accelerator_for(replace(RECIPE))
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        fine_tuning.fine_tune(model, windows, Path(folder), recipe, accelerator)
        return time.perf_counter() - began


def their_seconds(
    model: BertForQuestionAnswering, tokenizer: object, windows: list[Window]
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
            per_device_train_batch_size=RECIPE.batch,
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
        began = time.perf_counter()
        trainer.train()
        return time.perf_counter() - began


def matrix_rate(arithmetic: str, model: BertForQuestionAnswering) -> float:
    """Operations a second in the model's largest matrix product."""
    kind = getattr(torch, arithmetic)
    a = torch.randn(RECIPE.batch * 192, model.config.hidden_size, dtype=kind)
    b = torch.randn(
        model.config.hidden_size, model.config.intermediate_size, dtype=kind
    )
    best, end = float("inf"), time.perf_counter() + 3
    while time.perf_counter() < end:
        began = time.perf_counter()
        a @ b
        best = min(best, time.perf_counter() - began)
    return 2 * len(a) * b.numel() / best


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3)
