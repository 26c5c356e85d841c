"""Draw the picture that a preview of the book shows: a question, and its answer marked.

    python -m tools.sharing_picture

It asks the book's model, and writes `book/_static/sharing.png`, 1200 by 630 pixels.
"""

from pathlib import Path
from typing import Any, cast

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch
from matplotlib.text import Text

import companion
from companion import running
from companion.figures.style import BLUE, GREY, ORANGE, PALE
from companion.qa_pipeline.answers import Answer

TARGET = Path(__file__).parents[1] / "book" / "_static" / "sharing.png"
WIDTH, HEIGHT, EDGE = 1200, 630, 80  # pixels
QUESTION = next(iter(running.QUESTIONS))
SENTENCE = running.PARAGRAPH.partition(". ")[0] + "."


def canvas() -> Axes:
    """Make an Axes of one unit per pixel, with y counted from the top."""
    figure = pyplot.figure(figsize=(WIDTH / 100, HEIGHT / 100), dpi=100)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    ax.axis("off")
    return ax


def written(ax: Axes, x: float, y: float, words: str, size: float, **look: Any) -> Text:
    """Write `words` with their base line at y; `size` is in pixels."""
    return ax.text(x, y, words, fontsize=size * 0.72, va="baseline", **look)


def right_end(text: Text) -> float:
    """Return the x where a text ends."""
    return text.get_window_extent().x1  # the canvas has a unit per pixel


def paragraph(ax: Axes, top: float, words: list[str], marked: str, size: float) -> None:
    """Write words line by line between the edges; `marked` gets a ground."""
    x, y, space = float(EDGE), top, 0.32 * size
    for word in words:
        text = written(ax, x, y, word, size, color="#1f2933")
        if right_end(text) > WIDTH - EDGE:
            x, y = float(EDGE), y + 1.6 * size
            text.set_position((x, y))
        end = right_end(text)
        if word.strip(".,") == marked:
            look: Any = {"boxstyle": "round,pad=6", "fc": PALE[ORANGE], "ec": ORANGE}
            corner, height = (x, y - 0.78 * size), 1.02 * size
            ax.add_patch(FancyBboxPatch(corner, end - x, height, lw=2, **look))
        x = end + space


def draw() -> None:
    """Ask the model, and write the picture."""
    answerer = companion.QuestionAnswerer(*companion.load())
    answer = cast(Answer, answerer(QUESTION, running.PARAGRAPH))
    ax = canvas()
    written(ax, EDGE, 130, "Inside BERT", 76, color=BLUE, weight="bold")
    about = "One language model, taken apart piece by piece"
    written(ax, EDGE, 192, about, 34, color=GREY)
    written(ax, EDGE, 292, QUESTION, 40, weight="bold", color="#1f2933")
    paragraph(ax, 366, SENTENCE.split(), answer["answer"], 36)
    score = f"{answer['answer']}   score {answer['score']:.2f}"
    written(ax, EDGE, 572, score, 36, color=ORANGE, weight="bold")
    pyplot.savefig(TARGET, metadata={"Software": None})


if __name__ == "__main__":
    draw()
