"""Chapter 7: windows over a context, what padding costs, and what a score is worth."""

from itertools import accumulate

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    column,
    new_axes,
    new_drawing,
)
from companion.qa_pipeline.windows import Window


def pipeline_flow() -> Axes:
    """Draw the way from two strings to answers: each step, its function, the shapes."""
    steps = [
        ("question and context to tokens", "text_tokens", "N tokens", BLUE),
        ("the context in windows that overlap", "cut", "W windows", BLUE),
        ("[CLS] question [SEP] window [SEP]", "model_inputs", "(W, T)", BLUE),
        ("the model", "forward", "(W, 2, T)", GREEN),
        ("its own tokens, and [CLS]", "kept", "(2, 1 + K)", GREY),
        ("one row for the whole context", "merge", "(2, 1 + N)", GREY),
        ("one softmax over all of it", "probabilities", "(N,) and (N,)", GREY),
        ("every span, summed by words", "by_words", "(words, 15)", GREY),
        ("the best, as characters", "best_answers", "answers", ORANGE),
    ]
    ax = new_drawing(5.2, (0, 10), (0.3 - len(steps), 0.9))
    numbered = [(f"{i}. {step[0]}", step[3]) for i, step in enumerate(steps, 1)]
    column(ax, 2.9, numbered, 10, 0.29)
    for i, (_, function, shape, _) in enumerate(steps):
        ax.text(5.9, -i, function, va="center", family="monospace")
        ax.text(8.3, -i, shape, va="center")
    for x, title in [(5.9, "function"), (8.3, "it returns")]:
        ax.text(x, 0.65, title, color=GREY)
    return ax


def windows_over_context(windows: list[Window], token: int) -> Axes:
    """Draw a bar for each window, from its first token to its last.

    Filled is what the window speaks for, faint what it only reads. A dashed line is
    `token`; an arrow in each window that holds it leads to the nearer end, with the
    number of tokens on that side.
    """
    ax = new_axes(0.5 * len(windows) + 0.9)
    for i, w in enumerate(windows):
        ax.barh(i, w.end - w.first, 0.5, w.first, color=PALE[BLUE], ec=BLUE, lw=0.8)
        ax.barh(i, w.keep_to - w.keep_from, 0.5, w.keep_from, color=BLUE)
        if w.first <= token < w.end:
            _mark_nearer_end(ax, i, w, token)
    ax.axvline(token + 0.5, color=ORANGE, ls="--", lw=1)
    ax.set_yticks(range(len(windows)), [f"window {i}" for i in range(len(windows))])
    ax.set_ylim(len(windows) - 0.3, -0.5)
    ax.set_xlim(0, windows[-1].end)
    ax.set_xlabel("token of the context")
    return ax


def _mark_nearer_end(ax: Axes, row: int, window: Window, token: int) -> None:
    """Draw an arrow from a token to the nearer end of a window, below its bar."""
    left, right = token - window.first, window.end - 1 - token
    end = window.first if left < right else window.end
    side = 0.8 if end < token else -0.8  # the number stands behind the line
    ax.annotate(
        f"{min(left, right)}",
        (end, row + 0.42),
        (token + 0.5 + side, row + 0.42),
        arrowprops={"arrowstyle": "-|>", "color": ORANGE},
        ha="left" if side > 0 else "right",
        va="center",
    )


def window_scores(alone: list[float], together: list[float]) -> Axes:
    """Draw each window's best score, by its own softmax and by the one over all."""
    ax = new_axes(2.7)
    places = range(len(alone))
    left, right = [p - 0.2 for p in places], [p + 0.2 for p in places]
    ax.bar(left, alone, 0.38, color=ORANGE, label="each window by itself")
    ax.bar(right, together, 0.38, color=BLUE, label="all windows together")
    ax.set_xticks(places, [f"window {i}" for i in places])
    ax.set(ylim=(0, 1.3), yticks=[0, 0.25, 0.5, 0.75, 1], ylabel="best score")
    ax.legend(frameon=False, loc="upper center", ncols=2)
    return ax


def padding(lengths: list[int], batches: list[list[int]]) -> Axes:
    """Draw a bar for each row, batch by batch: its tokens, and the padding after them.

    Args:
        lengths: tokens in each row.
        batches: which rows run together, indices into `lengths`.
    """
    ax = new_axes(2.4)
    order = [i for batch in batches for i in batch]
    widest = [max(lengths[i] for i in batch) for batch in batches for _ in batch]
    tokens, places = [lengths[i] for i in order], range(len(order))
    filler = [w - t for w, t in zip(widest, tokens, strict=True)]
    ax.bar(places, tokens, 0.9, color=SKY, label="tokens")
    ax.bar(places, filler, 0.9, bottom=tokens, color=ORANGE, label="padding")
    ends = list(accumulate(len(batch) for batch in batches))[:-1]
    ax.vlines([end - 0.5 for end in ends], 0, 1.05 * max(widest), color=GREY, lw=0.8)
    ax.set(xlabel="rows, batch by batch", ylabel="tokens", xticks=[])
    ax.set_ylim(0, 1.35 * max(widest))
    ax.legend(frameon=False, loc="upper left", ncols=2)
    return ax


def reliability(bins: list[dict[str, float]]) -> Axes:
    """Draw how many answers are right, by their score; on the line the two agree.

    Args:
        bins: `best_answer` in `companion/measured/calibration.json`; a bin without
            questions is left out.
    """
    ax = new_axes(3.4)
    filled = [b for b in bins if b["questions"]]
    most = max(b["questions"] for b in filled)
    ax.plot([0, 1], [0, 1], color=GREY, ls="--", lw=1)
    scores = [b["score"] for b in filled]
    right = [b["right"] / b["questions"] for b in filled]
    ax.plot(scores, right, color=BLUE, lw=1.2)
    sizes = [10 + 110 * b["questions"] / most for b in filled]
    ax.scatter(scores, right, sizes).set_color(BLUE)
    ax.set(xlim=(0, 1.03), ylim=(0, 1.03), xlabel="score of the best answer")
    ax.set_ylabel("share of right answers")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    return ax


def no_answer_scores(counts: dict[str, list[int]]) -> Axes:
    """Draw the score of "no answer" for questions with an answer and for those without.

    Args:
        counts: `no_answer` in `companion/measured/calibration.json`: for each kind of
            question how many are in each bin.
    """
    ax = new_axes(2.7)
    width = 0.8 / len(counts)
    for i, (name, bins) in enumerate(counts.items()):
        places = [b + (i - (len(counts) - 1) / 2) * width for b in range(len(bins))]
        shares = [n / sum(bins) for n in bins]
        ax.bar(places, shares, width, color=[BLUE, ORANGE][i], label=name)
    edges = len(next(iter(counts.values())))
    ax.set_xticks([b - 0.5 for b in range(edges + 1)])
    ax.set_xticklabels([f"{b / edges:g}" for b in range(edges + 1)])
    ax.set(xlabel='score of "no answer"', ylabel="share of the questions")
    ax.yaxis.set_major_formatter(PercentFormatter(1))
    ax.legend(frameon=False, loc="upper center", title="paragraphs")
    return ax
