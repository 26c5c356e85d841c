"""A whole training run: read the data, train, measure, write the card.

What can be refused is refused before the first step. Weights are stored before they are
measured, and all is kept until the end, so a run that fails late can go on.
"""

import shutil
import warnings
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import torch
from transformers import BertForQuestionAnswering, BertTokenizer

from companion import extras
from companion.fine_tuning import card, evaluation, features
from companion.fine_tuning.carry_over import starting_point
from companion.fine_tuning.loop import fine_tune
from companion.fine_tuning.recipe import Recipe
from companion.fine_tuning.sources import Source, read_sources, training_digest
from companion.fine_tuning.squad import LeftOut
from companion.loading import read_checkpoint
from companion.qa_pipeline.arguments import lengths
from companion.qa_pipeline.families import longest_input
from companion.training.log import read_losses
from companion.training.loop import LOG, accelerator_for, check_run, finishing
from companion.training.outputs import partial_folder
from companion.training.saving import save

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNMAPPABLE = 0.5  # share of the answers that may stand in no window


def train(
    data: list[str],
    hold_out: list[str],
    base: str,
    recipe: Recipe,
    output: Path,
    save_every: int,
) -> None:
    """Train into `OUTPUT.partial`, and give it the output's name when all is done.

    Args:
        data, hold_out: see `sources.read_sources`.
        base: see `carry_over.starting_point`.
        save_every: steps.
    Raises:
        ValueError, OSError: naming the option or the file, before the first step. If
            one comes later, the partial folder has all that was trained, and the same
            call goes on from there.
    """
    _check_options(recipe, output, save_every)
    sources = read_sources(data, hold_out, recipe.seed)
    torch.manual_seed(recipe.seed)  # a new head starts at random
    tokenizer, model = starting_point(base)
    model.set_attn_implementation("sdpa")  # faster; nobody looks at weights here
    recipe = fitted(recipe, tokenizer, model)
    accelerator, arithmetic = accelerator_for(recipe.arithmetic)
    recipe = replace(recipe, arithmetic=arithmetic)
    windows = training_windows(sources, tokenizer, recipe)
    _check_held_out(sources, tokenizer, model)
    partial = partial_folder(output)
    (partial / "model").mkdir(parents=True, exist_ok=True)
    extra: dict[str, object] = {"base": base, "training data": training_digest(sources)}
    fine_tune(model, windows, partial, recipe, accelerator, save_every, extra)
    if accelerator.is_main_process:
        model = accelerator.unwrap_model(model, keep_fp32_wrapper=False)
        _finish(model, tokenizer, partial, base, recipe, sources, output)
    accelerator.end_training()


def _check_options(recipe: Recipe, output: Path, save_every: int) -> None:
    recipe.check()
    check_run(output, save_every)
    extras.require("matplotlib", "train")  # draws the learning curve at the end


def fitted(
    recipe: Recipe, tokenizer: BertTokenizer, model: BertForQuestionAnswering
) -> Recipe:
    """Shorten the recipe's windows to what the model reads at once, with a warning."""
    most = longest_input(tokenizer, model)
    if recipe.length <= most:
        return recipe
    warnings.warn(
        f"--length {recipe.length}: the base reads {most} tokens at most, and so do "
        "its windows",
        LeftOut,
        stacklevel=2,
    )
    return replace(recipe, length=most)


def training_windows(
    sources: list[Source], tokenizer: BertTokenizer, recipe: Recipe
) -> list[features.Feature]:
    """What is trained on.

    Raises:
        ValueError: naming a question that cannot be read; or if most answers are in no
            window.
    Warns:
        LeftOut: with the number of those that are not, if any.
    """
    examples = [e for source in sources for e in source.training]
    examples = features.add_unanswerable(examples, recipe.no_answer, recipe.seed)
    try:
        windows = features.features_of(examples, tokenizer, recipe.length)
    except features.NoRoom as error:
        raise ValueError(f"--length {recipe.length}: {error}") from error
    if lost := features.unmapped(examples, windows):
        answerable = sum(bool(e.answers) for e in examples)
        message = (
            f"{len(lost)} of {answerable} answers are in no window of {recipe.length} "
            f"tokens; the first is {lost[0].answers[0]}, of {lost[0].where}"
        )
        if len(lost) > UNMAPPABLE * answerable:
            raise ValueError(message)
        warnings.warn(f"{message}. They count as unanswerable.", LeftOut, stacklevel=2)
    return windows


def _check_held_out(
    sources: list[Source], tokenizer: BertTokenizer, model: BertForQuestionAnswering
) -> None:
    """Make sure that all that is to be measured with can be asked."""
    sizes = lengths(tokenizer, model)
    for source in sources:
        features.check_readable(source.held_out, tokenizer, sizes)


def _finish(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    partial: Path,
    base: str,
    recipe: Recipe,
    sources: list[Source],
    output: Path,
) -> None:
    """Store, measure, write the card, and give the folder its name."""
    with finishing(partial, output) as folder:
        _store(model, tokenizer, partial, folder)
        results = _measure(folder, sources, model.device)
        stage = card.stage(base, recipe, sources, results, model)
        card.write_card(folder, [*card.stages_of(base), stage])


def _store(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    partial: Path,
    folder: Path,
) -> None:
    """Write weights, log and learning curve."""
    from companion.figures.fine_tuning import learning_curve  # slow to import

    save(model, tokenizer, folder)
    shutil.copy(partial / LOG, folder / LOG)
    curve = learning_curve(read_losses(folder / LOG))
    cast("Figure", curve.figure).savefig(
        folder / "learning_curve.png", facecolor="white"
    )


def _measure(
    folder: Path, sources: list[Source], device: torch.device
) -> dict[str, dict[str, Any]]:
    """The figures of each source's held-out questions, printed as they come."""
    tokenizer, stored = read_checkpoint(str(folder))  # measured as rounded to float16
    results = {}
    for source in sources:
        if source.held_out:
            asked = evaluation.ask(tokenizer, stored.to(device), source.held_out)
            results[source.name] = evaluation.summary(asked)
            print(source.name, evaluation.one_line(results[source.name]))
    return results
