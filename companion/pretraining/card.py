"""Write the card of a pretrained model, from the facts stored in `training.json`."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from companion.fine_tuning.card import (
    RECORD,
    checksums_text,
    command,
    header,
    sources_text,
    start_of,
)
from companion.fine_tuning.sources import Source
from companion.pretraining.recipe import PretrainingRecipe

BODY = """
# A BERT that guesses hidden words

A `BertForMaskedLM`: where a token is hidden it gives each piece of the vocabulary a
number. Made by the companion of the book *Inside BERT*, to be looked into; larger
models guess better.

## How well it guesses

Of the texts that were held out 15 % of the tokens are hidden. The loss
is the mean of -ln(probability of the right token), in nats; top-1 and top-5 say how
often the right token is the best guess, or among the best five, in percent. In brackets
the middle 95 % when texts are drawn at random, again and again.

| held out from | hidden tokens | loss | top-1 | top-5 |
| --- | ---: | ---: | ---: | ---: |
{results}

## How it was made

    {command}

| setting | |
| --- | --- |
{settings}

`training_log.jsonl` has the loss of each step.

## What it was made from

{sources}

{checksums}
{more}"""


def pretraining_record(
    base: str,
    recipe: PretrainingRecipe,
    sources: list[Source],
    results: dict[str, dict[str, Any]],
) -> dict[str, Any]:
    """One pretraining, as `training.json` keeps it."""
    start = start_of(base)
    return {
        "command": command("pretrain", start, recipe, sources, "FOLDER"),
        "base": start,
        "recipe": asdict(recipe),
        "data": [s.record() for s in sources],
        "results": results,
    }


def write_guesser_card(folder: Path, facts: dict[str, Any]) -> None:
    """Write `training.json` and `README.md`, with the checksums of all files there.

    Args:
        facts: what `pretraining_record` returned.
    """
    record = json.dumps(facts, indent=1) + "\n"
    (folder / RECORD).write_text(record, "utf-8", newline="\n")
    (folder / "README.md").write_text(guesser_card(folder), "utf-8", newline="\n")


def guesser_card(folder: Path, more: str = "") -> str:
    """The card of the model in `folder`, from the facts that are stored there.

    Args:
        more: Markdown to end with, for what was measured beside the training.
    """
    facts = json.loads((folder / RECORD).read_text("utf-8"))
    settings = [(k.replace("_", " "), v) for k, v in facts["recipe"].items()]
    body = BODY.format(
        results="\n".join(_row(*pair) for pair in facts["results"].items()),
        command=facts["command"],
        settings="\n".join(f"| {name} | {value} |" for name, value in settings),
        sources=sources_text(facts["base"], facts["data"]),
        checksums=checksums_text(facts["data"]),
        more=more,
    )
    return header(folder, "fill-mask") + body


def _row(name: str, figures: dict[str, Any]) -> str:
    def bounded(measure: str, digits: int) -> str:
        low, high = (f"{x:.{digits}f}" for x in figures[f"{measure}_interval"])
        return f"{figures[measure]:.{digits}f} ({low} to {high})"

    cells = [name, f"{figures['hidden']:,}", bounded("loss", 2)]
    return f"| {' | '.join([*cells, bounded('top_1', 1), bounded('top_5', 1)])} |"
