"""What other settings than the embedded model's brought: two sections of its card."""

from collections.abc import Iterable
from typing import Any


def ablations(figures: dict[str, Any]) -> str:
    """A row for each ablation, with its distance from the baseline."""
    each = figures["ablations"]
    baseline, asked = each["baseline"], figures["questions"]
    share = baseline["EM"] / 100
    error = 100 * (share * (1 - share) / asked) ** 0.5
    return f"""\
## What single settings bring

Each ablation changes one thing in a baseline: {figures["trained on"]}, small batches,
the other settings of stage 1. It is measured on {asked:,} {figures["measured on"]},
never on the held-out ones. By chance alone, EM over that many questions moves by more
than {2 * error:.1f} in one case of twenty.

    {figures["command"]}

| ablation | EM | | F1 | | tokens read |
| --- | ---: | ---: | ---: | ---: | ---: |
{lines(ablation_row(name, row, baseline) for name, row in each.items())}

These runs are short, and what learns faster wins in a short run: they say that the rate
must not be smaller nor fall from layer to layer, and that more questions help. The
settings of the two stages were chosen before.
"""


def ablation_row(name: str, row: dict[str, Any], baseline: dict[str, Any]) -> list[str]:
    """EM and F1, each with its distance from the baseline, and the tokens read."""
    scores = [
        cell
        for m in ("EM", "F1")
        for cell in (f"{row[m]:.1f}", f"{row[m] - baseline[m]:+.1f}")
    ]
    return [name, *scores, f"{row['tokens']:,}"]


def full_length(tried: dict[str, Any], ours: dict[str, Any]) -> str:
    """What the settings that helped bring all together, in one run of full length."""
    rows = tried["domains"]
    change = {name: row["EM"] - ours[name]["EM"] for name, row in rows.items()}
    lost = sum(points < 0 for points in change.values())
    settings, answer = tried["settings"], tried["the notes' question"]
    return f"""\
## What they bring at full length

One run with all that helped: a rate of {settings["learning_rate"]:g}, dropout of
{settings["dropout"]:g}, windows of {settings["length"]} tokens, {settings["epochs"]}
epochs, QAMR and QED from the start, in {settings["arithmetic"]}.

    {tried["trained by"]}

    {tried["command"]}

| held out from | EM | that run's | F1 | that run's |
| --- | ---: | ---: | ---: | ---: |
{lines(pair_row(name, ours[name], row) for name, row in rows.items())}

It gives {answer["answer"]} to the notes' question, with a score of
{answer["score"]:.3f}. A run takes the model's place if EM on Wikipedia rises by two
points and no file loses. Here it changed by {change["squadshifts_new_wiki"]:+.1f}, and
{lost} of {len(rows)} files lost.
"""


def pair_row(name: str, ours: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """EM and F1 of one file, each with that of other weights."""
    return [name, *(f"{one[m]:.1f}" for m in ("EM", "F1") for one in (ours, other))]


def lines(rows: Iterable[list[str]]) -> str:
    """The rows of a table, in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
