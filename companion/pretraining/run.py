"""A whole pretraining: read the texts, train, measure, write the card.

What can be refused is refused before the first step. Weights are stored before they are
measured, and all is kept until the end, so a run that fails late can go on.
"""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from transformers import BertForMaskedLM, BertForPreTraining, BertTokenizer

from companion.devices import multiplies_bfloat16
from companion.fine_tuning import carry_over
from companion.fine_tuning.sources import Source, read_sources, training_digest
from companion.loading import EMBEDDED, quiet, read_checkpoint, read_model
from companion.pretraining import card
from companion.pretraining.evaluation import (
    LENGTH,
    ask_hidden,
    guess_figures,
    guess_line,
)
from companion.pretraining.loop import Pretrained, pretrain
from companion.pretraining.recipe import PretrainingRecipe
from companion.pretraining.texts import Piece, pairs_of, pieces_of
from companion.qa_pipeline.families import longest_input
from companion.training.loop import LOG, accelerator_for, check_run, finishing
from companion.training.outputs import partial_folder
from companion.training.saving import save


def run_pretraining(
    data: list[str],
    hold_out: list[str],
    base: str,
    recipe: PretrainingRecipe,
    output: Path,
    save_every: int,
) -> None:
    """Train into `OUTPUT.partial`, and give it the output's name when all is done.

    Args:
        data, hold_out: see `sources.read_sources`; the contexts are the texts.
        base: see `body_to_pretrain`.
        save_every: steps.
    Raises:
        ValueError, OSError: naming the option or the file, before the first step. If
            one comes later, the partial folder has all that was trained, and the same
            call goes on from there.
    """
    _check_options(recipe, output, save_every)
    sources = read_sources(data, hold_out, recipe.seed, texts=True)
    torch.manual_seed(recipe.seed)  # a new head starts at random
    tokenizer, model = body_to_pretrain(base, recipe.next_sentence)
    model.set_attn_implementation("sdpa")  # faster; nobody looks at weights here
    accelerator, arithmetic = accelerator_for(recipe.arithmetic)
    recipe = replace(recipe, arithmetic=arithmetic)
    pieces = _pieces(sources, tokenizer, model, recipe)
    partial = partial_folder(output)
    (partial / "model").mkdir(parents=True, exist_ok=True)
    extra: dict[str, object] = {"base": base, "training data": training_digest(sources)}
    pretrain(model, tokenizer, pieces, partial, recipe, accelerator, save_every, extra)
    if accelerator.is_main_process:
        _finish(model, tokenizer, partial, base, recipe, sources, output)
    accelerator.end_training()


def _check_options(recipe: PretrainingRecipe, output: Path, save_every: int) -> None:
    recipe.check()
    check_run(output, save_every)


def body_to_pretrain(
    base: str, next_sentence: bool
) -> tuple[BertTokenizer, Pretrained]:
    """What pretraining starts from, with a masked-word head; a new one if it has none.

    Args:
        base: `random`, the embedded model's shape and vocabulary with random weights;
            or what `carry_over.starting_point` takes.
        next_sentence: with a pooler and the head for next-sentence prediction.
    Raises:
        ValueError: if `base` cannot be used.
    """
    kind = BertForPreTraining if next_sentence else BertForMaskedLM
    if base == "random":
        tokenizer, model = read_checkpoint(str(EMBEDDED))
        return tokenizer, kind(model.config)
    if base in ("minilm-cased", "minilm-uncased"):
        tokenizer, encoder = carry_over.starting_point(base)
        with quiet():
            model = kind(encoder.config)
        model.bert.load_state_dict(encoder.bert.state_dict(), strict=not next_sentence)
        return tokenizer, model
    name, revision = carry_over.folder_or_revision(base)
    tokenizer, model, _ = read_model(kind, name, revision, new_head=True)
    return tokenizer, model


def _pieces(
    sources: list[Source],
    tokenizer: BertTokenizer,
    model: Pretrained,
    recipe: PretrainingRecipe,
) -> list[Piece]:
    """What is trained on; ValueError if the base has no place for it."""
    most = longest_input(tokenizer, model)
    if recipe.length > most:
        raise ValueError(f"--length {recipe.length}: the base reads {most} tokens")
    texts = [e.context for source in sources for e in source.training]
    pieces = pieces_of(texts, tokenizer, recipe.length)
    if not pieces:
        raise ValueError(f"--data: none of the {len(texts)} texts has a token")
    return pairs_of(pieces, recipe.seed) if recipe.next_sentence else pieces


def _finish(
    model: Pretrained,
    tokenizer: BertTokenizer,
    partial: Path,
    base: str,
    recipe: PretrainingRecipe,
    sources: list[Source],
    output: Path,
) -> None:
    """Store, measure, write the card, and give the folder its name."""
    with finishing(partial, output) as folder:
        save(model, tokenizer, folder)
        shutil.copy(partial / LOG, folder / LOG)
        results = measure(folder, sources)
        card.write_guesser_card(
            folder, card.pretraining_record(base, recipe, sources, results)
        )


def measure(folder: Path, sources: list[Source]) -> dict[str, dict[str, Any]]:
    """The figures of each source's held-out texts, printed as they come.

    Of a source there are none if by chance no token of its few short texts is hidden.
    """
    tokenizer, stored, _ = read_model(BertForMaskedLM, str(folder))  # as rounded
    stored.set_attn_implementation("sdpa")
    bfloat16 = multiplies_bfloat16(torch.device("cpu"))
    length = min(LENGTH, longest_input(tokenizer, stored))
    results = {}
    for source in sources:
        texts = list(dict.fromkeys(e.context for e in source.held_out))
        rows = ask_hidden(tokenizer, stored, texts, length=length, bfloat16=bfloat16)
        if rows.any():
            results[source.name] = guess_figures(rows)
            print(source.name, guess_line(results[source.name]), flush=True)
    return results
