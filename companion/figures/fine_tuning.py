"""Chapter 9: what a step does, how the loss falls, how good the model became."""

import numpy
from matplotlib.axes import Axes

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SKY,
    column_of_steps,
    new_axes,
)


def training_flow(tokens: int, hidden: int) -> Axes:
    """Draw one training step, from an example to moved weights; shapes on the right."""
    steps = [
        ("question, context, answer in characters", "an example", GREY),
        ("tokenizer: ids, the answer's two tokens", f"ids (1, {tokens})", GREY),
        ("BERT", f"(1, {tokens}, {hidden})", BLUE),
        ("qa_outputs: start and end logits", f"(1, {tokens}, 2)", GREEN),
        ("cross entropy with the two tokens", "the loss, one number", ORANGE),
        ("its gradient", "a number per parameter", ORANGE),
        ("AdamW moves each parameter a little", "the same shapes", BLUE),
    ]
    return column_of_steps(steps, height=4.2)


def learning_stages(stages: dict[str, list[float]]) -> Axes:
    """Draw the losses of successive training runs, each with its running mean."""
    ax = new_axes(3.0)
    done = 0
    for (name, losses), colour in zip(stages.items(), (BLUE, ORANGE), strict=False):
        steps = numpy.arange(done + 1, done + len(losses) + 1)
        ax.plot(steps, losses, color=colour, lw=0.5, alpha=0.3)
        ax.plot(steps, running_mean(losses, 25), color=colour, lw=1.8, label=name)
        done += len(losses)
    ax.set(xlabel="step", ylabel="loss", xlim=(0, done + 1))
    ax.set_ylim(bottom=0)
    ax.legend(frameon=False)
    return ax


def domain_scores(
    scores: dict[str, dict[str, float]], published: dict[str, float], whose: str
) -> Axes:
    """Draw EM and F1 by domain as bars, and those published for another model as lines.

    Args:
        scores: EM and F1 of each domain, in percent, as `measured` has them.
        published: EM and F1 of the other model, which are the lines.
        whose: what the lines are called.
    """
    ax = new_axes(0.55 * len(scores) + 0.9)
    places = numpy.arange(len(scores))
    for shift, measure, colour in [(-0.2, "EM", BLUE), (0.2, "F1", ORANGE)]:
        values = [row[measure] for row in scores.values()]
        ax.barh(places + shift, values, 0.38, color=colour, label=measure)
        for place, value in zip(places + shift, values, strict=True):
            ax.text(102, place, f"{value:.1f}", ha="right", va="center")
        ax.axvline(published[measure], color=colour, ls="--", lw=1.2)
    ax.plot([], [], color=GREY, ls="--", lw=1.2, label=whose)
    names = [n.removeprefix("squadshifts_").replace("_", " ") for n in scores]
    ax.set_yticks(places, names)
    ax.invert_yaxis()
    ax.set(xlim=(0, 102), xlabel="percent of the held-out questions")
    ax.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def ablation_scores(ablations: dict[str, dict], questions: int) -> Axes:
    """Draw the EM of each ablation as a dot, and a line and a band for the baseline.

    Args:
        ablations: the scores of each, in percent; one is called "baseline".
        questions: that each was measured on; the band is two standard errors to either
            side, and dots in it are hollow.
    """
    ax = new_axes(0.3 * len(ablations) + 0.6)
    centre = ablations["baseline"]["EM"]
    error = (centre * (100 - centre) / questions) ** 0.5
    ax.axvspan(centre - 2 * error, centre + 2 * error, color=GREY, alpha=0.25, lw=0)
    ax.axvline(centre, color="black", lw=1)
    places = numpy.arange(len(ablations))
    for place, row in zip(places, ablations.values(), strict=True):
        outside = abs(row["EM"] - centre) > 2 * error
        ax.plot(row["EM"], place, "o", mfc=BLUE if outside else "none", mec=BLUE)
    ax.set_yticks(places, list(ablations))
    ax.invert_yaxis()
    ax.grid(axis="y", lw=0.4)
    ax.set(xlabel="EM, percent")
    return ax


def learning_curve(losses: list[float]) -> Axes:
    """Draw the loss of each step, pale, and the mean of the steps around it."""
    ax = new_axes(2.8)
    steps = numpy.arange(1, len(losses) + 1)
    ax.plot(steps, losses, color=SKY, lw=0.6)
    ax.plot(steps, running_mean(losses, max(1, len(losses) // 30)), color=BLUE, lw=1.8)
    ax.set(xlabel="step", ylabel="loss", xlim=(0, len(losses) + 1))
    ax.set_ylim(bottom=0)
    return ax


def running_mean(values: list[float], reach: int) -> numpy.ndarray:
    """Average for each value those at most `reach` places away from it."""
    sums = numpy.concatenate([[0.0], numpy.cumsum(values)])
    places = numpy.arange(len(values))
    low = numpy.maximum(places - reach, 0)
    high = numpy.minimum(places + reach + 1, len(values))
    return (sums[high] - sums[low]) / (high - low)
