"""`python -m companion fine-tune`: train a model, measure it, write its card.

On several processors: `torchrun --nproc_per_node 2 -m companion fine-tune ...`, or
`accelerate launch -m companion fine-tune ...` with the same arguments. Chapter 9.
"""

import argparse
import os
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import torch
from accelerate import Accelerator, PartialState
from transformers import BertForQuestionAnswering, BertTokenizer

from companion import fine_tuning
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import Recipe, card, carry_over, evaluation, features, loop
from companion.fine_tuning.log import read_losses
from companion.fine_tuning.sources import Source, read_sources

UNMAPPABLE = 0.5  # share of the answers that may stand in no window


def add_parser(commands: argparse._SubParsersAction) -> None:
    """Add the command's options; those of `Recipe` take their defaults from there."""
    command = commands.add_parser(
        "fine-tune",
        description="Train a model, measure it on what was held out, write its card. "
        "After a kill the same command goes on from the last save. What single "
        "settings bring was measured: see the card in companion/embedded.",
    )
    command.add_argument(
        "--data",
        nargs="+",
        required=True,
        metavar="FILE[:SHARE]",
        help="files in SQuAD's format (.json, .json.gz), `short-contexts`, or "
        "hub:NAME@REVISION[/CONFIG[/SPLIT]]; FILE:0.5 takes half, FILE:2 all twice",
    )
    command.add_argument(
        "--output", type=Path, required=True, help="folder to write to; must not exist"
    )
    command.add_argument(
        "--base",
        default="minilm-cased",
        help="a folder, a hub name with its revision, NAME@REVISION, minilm-cased or "
        "minilm-uncased; default: %(default)s",
    )
    for name, (kind, told) in OPTIONS.items():
        command.add_argument(
            f"--{name.replace('_', '-')}",
            type=kind,
            default=getattr(Recipe(), name),
            help=f"{told}; default: %(default)s",
        )
    command.add_argument(
        "--all", action="store_true", help="hold nothing out: train on all questions"
    )
    command.add_argument(
        "--save-every", type=int, default=200, help="steps; default: %(default)s"
    )
    command.set_defaults(run=run)


OPTIONS = {
    "epochs": (int, "how often each question is read; 2 beat 1 in short trials"),
    "seed": (int, "of the order, of dropout, of what is drawn from the data"),
    "learning_rate": (
        float,
        "at its peak; in short trials half of it was worse and twice of it better; "
        "for 12 layers 3e-5 is usual",
    ),
    "batch": (int, "windows in a step, for each process"),
    "length": (int, "tokens in a window, the question's among them"),
    "no_answer": (float, "share of the questions that come again without an answer"),
    "average_with_base": (float, "share of the starting point in the final weights"),
    "arithmetic": (str, "float32 or bfloat16, or what the processor is fastest with"),
}


def run(options: argparse.Namespace) -> None:
    """Train into `OUTPUT.partial`, and give it the output's name when all is done."""
    if options.output.exists():
        raise ValueError(f"--output {options.output}: exists already")
    recipe = Recipe(**{name: getattr(options, name) for name in OPTIONS})
    sources = read_sources(options.data, recipe.seed, hold_out=not options.all)
    torch.manual_seed(recipe.seed)  # the head starts at random
    tokenizer, model = carry_over.starting_point(options.base)
    model.set_attn_implementation("sdpa")  # faster; nobody looks at weights here
    accelerator, recipe = accelerator_for(recipe)
    windows = _windows(sources, tokenizer, recipe)
    partial = options.output.with_name(f"{options.output.name}.partial")
    folder = partial / "model"
    folder.mkdir(parents=True, exist_ok=True)
    fine_tuning.fine_tune(
        model,
        windows,
        partial,
        recipe,
        accelerator,
        options.save_every,
        told={
            "base": options.base,
            "data": [(s.name, s.share, s.sha256) for s in sources],
        },
    )
    if accelerator.is_main_process:
        _finish(model, tokenizer, partial, options, recipe, sources)
        os.replace(folder, options.output)
        shutil.rmtree(partial)
    accelerator.end_training()


def accelerator_for(recipe: Recipe) -> tuple[Accelerator, Recipe]:
    """The processes and their processors; the recipe with the arithmetic they use."""
    on_cpu = not torch.cuda.is_available()  # if not told, each process is alone
    kinds = {"float32": "no", "bfloat16": "bf16"}
    arithmetic = recipe.arithmetic
    if arithmetic == "fastest":
        short = multiplies_bfloat16(PartialState(cpu=on_cpu).device)
        arithmetic = "bfloat16" if short else "float32"
    if arithmetic not in kinds:
        raise ValueError(f"--arithmetic {arithmetic!r}: must be float32 or bfloat16")
    accelerator = Accelerator(mixed_precision=kinds[arithmetic], cpu=on_cpu)
    return accelerator, replace(recipe, arithmetic=arithmetic)


def _windows(
    sources: list[Source], tokenizer: BertTokenizer, recipe: Recipe
) -> list[features.Feature]:
    """What is trained on; warns of answers that no window holds, or refuses them."""
    examples = [e for source in sources for e in source.training]
    examples = features.add_unanswerable(examples, recipe.no_answer, recipe.seed)
    windows = features.features_of(examples, tokenizer, recipe.length)
    lost = features.unmapped(examples, windows)
    if lost:
        answerable = sum(bool(e.answers) for e in examples)
        told = (
            f"{len(lost)} of {answerable} answers are in no window of {recipe.length} "
            f"tokens; the first is {lost[0].answers[0]}, of question {lost[0].id!r}"
        )
        if len(lost) > UNMAPPABLE * answerable:
            raise ValueError(told)
        warnings.warn(f"{told}. They count as without an answer.", stacklevel=2)
    return windows


def _finish(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    partial: Path,
    options: argparse.Namespace,
    recipe: Recipe,
    sources: list[Source],
) -> None:
    """Weights, log, curve, results and card."""
    from companion.figures.fine_tuning import learning_curve  # slow to import

    folder = partial / "model"
    fine_tuning.save(model, tokenizer, folder)
    shutil.copy(partial / loop.LOG, folder / loop.LOG)
    curve = learning_curve(read_losses(folder / loop.LOG))
    curve.figure.savefig(folder / "learning_curve.png")
    results = {}
    for source in sources:
        if source.held_out:
            asked = evaluation.ask(tokenizer, model.float(), source.held_out)
            results[source.name] = evaluation.summary(asked)
            print(source.name, evaluation.one_line(results[source.name]))
    stage = card.stage(options.base, recipe, sources, results, model)
    card.write_card(folder, [*card.stages_of(options.base), stage])
