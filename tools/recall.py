"""Read the questions of recall, and write them as the Markdown of a notebook.

Each chapter has a table, `book/recall/NN_topic.yml`: a list of questions. A question
has `ask`, perhaps `of` (the label of an earlier chapter), and `choices`, each with the
choice itself as `right` or `wrong` and with `why`. All of it is MyST text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

BOOK = Path(__file__).parents[1] / "book"
DIRECTIVE = re.compile(r"^:::\{recall\}\n:::$", re.MULTILINE)
LETTERS = "abcdef"


@dataclass(frozen=True)
class Choice:
    """One choice, and the sentence that says why it is right or not."""

    text: str
    is_right: bool
    why: str

    def reason(self) -> str:
        """Return `why`, after a word that says whether the choice is right."""
        return f"**{'Right.' if self.is_right else 'No.'}** {self.why}"


@dataclass(frozen=True)
class Question:
    """A question, with the number and label of the chapter that it goes back to."""

    text: str
    choices: tuple[Choice, ...]
    of: str = ""

    def asked(self) -> str:
        """Return the question, with a link to the chapter that it goes back to."""
        if not self.of:
            return self.text
        [path] = BOOK.glob(f"[0-9][0-9]_{self.of.replace('-', '_')}.md")
        chapter = int(path.name[:2])
        return f"({{ref}}`Chapter {chapter} <{self.of}>`) {self.text}"


def table_of(stem: str) -> Path:
    """Return where the questions of the chapter `stem` stand."""
    return BOOK / "recall" / f"{stem}.yml"


def questions(stem: str) -> list[Question]:
    """Read the questions of a chapter.

    Raises:
        ValueError: if a question has not exactly one right choice, a choice is neither
            right nor wrong, or something is missing.
    """
    with table_of(stem).open(encoding="utf-8") as table:
        entries = yaml.safe_load(table)
    try:
        return [_question(entry) for entry in entries]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{table_of(stem).name}: {error!r}") from error


def _question(entry: dict) -> Question:
    choices = tuple(_choice(choice) for choice in entry["choices"])
    if sum(choice.is_right for choice in choices) != 1:
        raise ValueError(f"not one right choice: {entry['ask']}")
    return Question(_line(entry["ask"]), choices, entry.get("of", ""))


def _choice(entry: dict) -> Choice:
    [kind] = {"right", "wrong"} & set(entry)
    return Choice(_line(str(entry[kind])), kind == "right", _line(entry["why"]))


def _line(text: str) -> str:
    return " ".join(text.split())


def as_markdown(stem: str) -> str:
    """Return the questions for a notebook, with the answers folded at the end."""
    asked = questions(stem)
    parts = [*(_asked(number, one) for number, one in enumerate(asked, 1))]
    answers = [*(_answered(number, one) for number, one in enumerate(asked, 1))]
    fold = "<details><summary>The answers</summary>"
    return "\n\n".join([*parts, fold, *answers, "</details>"])


def _asked(number: int, question: Question) -> str:
    lines = [f"- **{letter}.** {choice.text}" for letter, choice in _lettered(question)]
    return "\n".join([f"**{number}.** {question.asked()}", "", *lines])


def _answered(number: int, question: Question) -> str:
    lines = [f"- **{letter}.** {one.reason()}" for letter, one in _lettered(question)]
    return "\n".join([f"**{number}.**", "", *lines])


def _lettered(question: Question) -> Iterator[tuple[str, Choice]]:
    return zip(LETTERS, question.choices, strict=False)
