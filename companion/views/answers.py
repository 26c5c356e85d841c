"""A text, questions to it, and the model's answers marked: what a reader sees first."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import cast

from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.answers import Answer

NOTHING = "no answer"  # what is said where the model finds none


@dataclass(frozen=True, repr=False)
class MarkedAnswers:
    """What a notebook shows when it is the last value of a cell.

    It is a text with the first answer marked, and a list of all of them. In the book a
    script makes buttons of the list; everything that the script needs stands in it.
    """

    context: str
    answers: dict[str, Answer]  # by question; without text where there is none

    def _repr_html_(self) -> str:
        first, *_ = self.answers.values()
        text, start, end = self.context, first["start"], first["end"]
        marked = f"<mark>{escape(text[start:end])}</mark>" if end else ""
        items = "\n".join(_item(q, answer) for q, answer in self.answers.items())
        return (
            '<div class="asked">\n<blockquote class="asked-text">'
            f"{escape(text[:start])}{marked}{escape(text[end:])}</blockquote>\n"
            f'<ol class="asked-questions">\n{items}\n</ol>\n</div>'
        )

    def __repr__(self) -> str:
        lines = (
            f"{question} {answer['answer'] or NOTHING} ({answer['score']:.2f})"
            for question, answer in self.answers.items()
        )
        return "\n".join(lines)


def _item(question: str, answer: Answer) -> str:
    """Return a question with its answer, which also stands in numbers for a script."""
    numbers = (
        f'data-start="{answer["start"]}" data-end="{answer["end"]}" '
        f'data-score="{answer["score"]:.2f}"'
    )
    found = escape(answer["answer"]) or f"<em>{NOTHING}</em>"
    return (
        f"<li {numbers}><q>{escape(question)}</q> {found} ({answer['score']:.2f})</li>"
    )


def answer_view(
    answerer: QuestionAnswerer, context: str, questions: Iterable[str]
) -> MarkedAnswers:
    """Ask each question once, and mark the answers in the text; "no answer" is one too.

    Args:
        answerer: which model is asked.
        context: the text; it stands in the view as it is.
        questions: at least one.
    Raises:
        TypeError, ValueError: from `answerer`, naming what cannot be asked.
        ValueError: if there is no question.
    """
    answers = {
        question: cast(
            Answer, answerer(question, context, handle_impossible_answer=True)
        )
        for question in questions
    }
    if not answers:
        raise ValueError("questions is empty; a view needs one to begin with")
    return MarkedAnswers(context, answers)
