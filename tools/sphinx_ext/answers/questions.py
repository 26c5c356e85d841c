"""The directive `recall`: a chapter's five questions, with the answers folded below.

The page holds everything as text, so that it can be read without a script and on paper;
`recall.js` turns the choices into buttons, and shows the reasons one by one.
"""

from collections.abc import Iterable
from pathlib import Path

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from tools.recall import Question, questions, table_of


class Recall(SphinxDirective):
    """Put in the questions of the chapter that the directive stands in."""

    def run(self) -> list[nodes.Node]:
        """Return the questions, and their answers in a `details` element."""
        stem = Path(self.env.docname).name
        self.env.note_dependency(str(table_of(stem)))
        asked = questions(stem)
        return [
            _html(f'<div class="recall" data-chapter="{stem}">'),
            *(self._asked(number, one) for number, one in enumerate(asked, 1)),
            _html('<details class="recall-answers"><summary>The answers</summary>'),
            *(self._answered(number, one) for number, one in enumerate(asked, 1)),
            _html("</details></div>"),
        ]

    def _asked(self, number: int, question: Question) -> nodes.Node:
        text = self._paragraph(f"**{number}.** {question.asked()}")
        choices = self._list([choice.text for choice in question.choices])
        choices["classes"].append("recall-choices")
        return nodes.container("", text, choices, classes=["recall-question"])

    def _answered(self, number: int, question: Question) -> nodes.Node:
        reasons = self._list([choice.reason() for choice in question.choices])
        reasons["classes"].append("recall-reasons")
        for item, choice in zip(reasons, question.choices, strict=True):
            if choice.is_right and isinstance(item, nodes.Element):
                item["classes"].append("recall-right")
        text = self._paragraph(f"**{number}.**")
        return nodes.container("", text, reasons, classes=["recall-answer"])

    def _list(self, texts: Iterable[str]) -> nodes.enumerated_list:
        items = [nodes.list_item("", self._paragraph(text)) for text in texts]
        return nodes.enumerated_list(
            "", *items, enumtype="loweralpha", prefix="", suffix="."
        )

    def _paragraph(self, text: str) -> nodes.paragraph:
        children, _ = self.state.inline_text(text, self.lineno)
        return nodes.paragraph("", "", *children)


def _html(text: str) -> nodes.raw:
    return nodes.raw("", text, format="html")
