"""What fine-tuning costs: how much the embedded model read, how fast one core reads.

    python -m benchmarks.training_cost --data FOLDER

Counts the windows, steps and tokens of each stage of the embedded model's training,
from its own record and the same data. Then times steps of the command's loop for the
shapes of the embedded model and of bert-base, in float32 and, if the processor has it,
in bfloat16, on windows of Wikipedia. Seconds are those that one core gave to this
process, the fastest of a few steps: other programs may run beside it. Writes
`companion/measured/training_cost.json`, from which chapter 9 draws. Takes two minutes.
"""

import argparse
import json
import math
import platform
import shlex
import time
from functools import partial
from pathlib import Path
from typing import Any

import torch
from accelerate.state import AcceleratorState
from transformers import BertConfig, BertForQuestionAnswering, BertTokenizer

import companion
from benchmarks.questions import about
from companion import measured
from companion.architecture import count_parameters
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import Recipe, card
from companion.fine_tuning.features import Feature, features_of
from companion.fine_tuning.loop import part_of, span_loss
from companion.fine_tuning.run import training_windows
from companion.fine_tuning.sources import SHORT, read_sources
from companion.fine_tuning.squad import read_squad
from companion.loading import EMBEDDED
from companion.training.loop import accelerator_for
from companion.training.steps import adamw, one_step

OUTPUT = measured.FOLDER / "training_cost.json"
TIMED_ON = "squadshifts_new_wiki.json.gz"
TOGETHER, STEPS = 8, 4  # windows in a timed step; steps, after one that is not timed


def main(data: Path) -> None:
    """Count, measure and write."""
    torch.set_num_threads(1)
    tokenizer, model = companion.load()
    stages = [read_by(stage, tokenizer, data) for stage in card.stages_of(EMBEDDED)]
    windows = features_of(read_squad(data / TIMED_ON)[:400], tokenizer)
    base = BertForQuestionAnswering(BertConfig(vocab_size=model.config.vocab_size))
    shapes = {"the embedded model": model, "bert-base": base}
    figures = {
        **about("training_cost"),
        "command": "python -m benchmarks.training_cost --data FOLDER",
        "measured on": f"one core of an {processor()}, PyTorch {torch.__version__}",
        "stages": stages,
        "tokens in a window": round(sum(map(len, windows)) / len(windows), 1),
        "shapes": {name: speeds(shape, windows) for name, shape in shapes.items()},
    }
    OUTPUT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def read_by(stage: card.Stage, tokenizer: BertTokenizer, data: Path) -> dict[str, Any]:
    """What one stage of training read: windows of an epoch, steps, tokens."""
    recipe = Recipe(**stage["recipe"])
    options = options_of(stage["command"])
    specs = [s if s.startswith(SHORT) else str(data / s) for s in options["--data"]]
    sources = read_sources(specs, options["--hold-out"], recipe.seed)
    windows = training_windows(sources, tokenizer, recipe)
    return {
        "questions": sum(len(source.training) for source in sources),
        "windows": len(windows),
        "epochs": recipe.epochs,
        "steps": recipe.epochs * math.ceil(len(windows) / recipe.batch),
        "tokens": recipe.epochs * sum(map(len, windows)),
        "arithmetic": recipe.arithmetic,
    }


def options_of(command: str) -> dict[str, list[str]]:
    """The words after each option of a command."""
    options: dict[str, list[str]] = {}
    for word in shlex.split(command):
        if word.startswith("--"):
            option = options[word] = []
        elif options:
            option.append(word)
    return options


def speeds(model: BertForQuestionAnswering, windows: list[Feature]) -> dict[str, Any]:
    """Parameters, and tokens per second of one core in each arithmetic."""
    model.set_attn_implementation("sdpa")
    kinds = ["float32"] + ["bfloat16"] * multiplies_bfloat16(model.device)
    rates = {kind: tokens_per_second(model, windows, kind) for kind in kinds}
    return {
        "parameters": count_parameters(model),
        "tokens per second": {kind: round(rate) for kind, rate in rates.items()},
    }


def tokens_per_second(
    model: BertForQuestionAnswering, windows: list[Feature], arithmetic: str
) -> float:
    """Take steps on different windows; the rate of the fastest of them."""
    AcceleratorState._reset_state(reset_partial_state=True)
    accelerator, _ = accelerator_for(arithmetic)
    trained, optimizer = accelerator.prepare(model, adamw(model, 1e-5))
    trained.train()
    loss_of, best = partial(part_of, span_loss), 0.0
    for step in range(1 + STEPS):
        batch = windows[step * TOGETHER : (step + 1) * TOGETHER]
        began = time.process_time()
        one_step(trained, optimizer, accelerator, batch, 1e-5, loss_of)
        seconds = time.process_time() - began
        if step:
            best = max(best, sum(map(len, batch)) / seconds)
    return best


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    main(parser.parse_args().data)
