"""What the question answerer is called with: checked, paired, defaults filled in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat, zip_longest

from transformers import BertForQuestionAnswering, BertTokenizer

from companion.checks import check_integer
from companion.qa_pipeline.windows import SPECIAL_TOKENS, Window, cut
from companion.tokens import check_text

LONGEST_WINDOW = 384  # tokens, in a model that can read so many
LONGEST_STRIDE = 128
LONGEST_QUESTION = 64

Texts = str | Iterable[str]


def pairs(question: Texts, context: Texts) -> Iterator[tuple[str, str]]:
    """Questions with their contexts; one string goes with each item of the other.

    Raises:
        TypeError: where a text is no string.
        ValueError: where one is blank or has half a character, or where one of two
            lists ends before the other. Each error names the argument and the item.
    """
    questions, contexts = _items("question", question), _items("context", context)
    if isinstance(question, str) and isinstance(context, str):
        return iter([(next(questions), next(contexts))])
    if isinstance(question, str) or isinstance(context, str):
        return zip(questions, contexts)  # noqa: B905 - one of them never ends
    return _equally_many(questions, contexts)


def is_lazy(question: Texts, context: Texts) -> bool:
    """Tell whether one of the two is an iterator, whose items come one by one."""
    return not all(isinstance(a, str | list | tuple) for a in (question, context))


def _items(name: str, texts: Texts) -> Iterator[str]:
    """Each text, checked when its turn comes; one string again and again."""
    is_list = isinstance(texts, Iterable) and not isinstance(texts, bytes | Mapping)
    if isinstance(texts, str) or not is_list:
        return repeat(whole_text(name, texts))
    return (whole_text(f"{name}[{i}]", text) for i, text in enumerate(texts))


def _equally_many(
    questions: Iterator[str], contexts: Iterator[str]
) -> Iterator[tuple[str, str]]:
    for i, (question, context) in enumerate(zip_longest(questions, contexts)):
        if question is None or context is None:
            ended = "question" if question is None else "context"
            raise ValueError(
                f"question and context must have equally many items; {ended} has {i}"
            )
        yield question, context


def whole_text(name: str, text: str) -> str:
    """`text` itself, if it is a string with something in it that can be read.

    Raises:
        TypeError: if it is no string.
        ValueError: if it is blank, or has a lone surrogate, half of a character.
    """
    check_text(name, text)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} must hold whole characters, not a lone surrogate: "
            f"{text[error.start]!r} at {error.start}"
        ) from None
    return text


def check_tokens(name: str, text: str, tokens: int) -> None:
    """A text may hold nothing but characters that the tokenizer drops.

    Raises:
        ValueError: if it has no token.
    """
    if not tokens:
        begin = text if len(text) <= 40 else f"{text[:40]}…"
        raise ValueError(f"{name} has no token that the model could read: {begin!r}")


@dataclass(frozen=True)
class Lengths:
    """How much the model reads at once, in tokens.

    Attributes:
        window: the question, a piece of the context, and three special tokens.
        stride: what neighbouring windows share, or None for as much as usual.
        question: longer questions are cut.
    """

    window: int
    stride: int | None
    question: int

    def windows(self, question: int, context: int) -> list[Window]:
        """Cut a context of so many tokens, for a question of so many.

        Raises:
            ValueError: if the question leaves no room, or less than the stride.
        """
        room = self.window - question - SPECIAL_TOKENS
        if room < 1:
            raise ValueError(
                f"question is too long: its {question} tokens and {SPECIAL_TOKENS} "
                f"special ones leave no room for the context in max_seq_len="
                f"{self.window}; a smaller max_question_len would cut it"
            )
        if context <= room:
            return cut(context, room, stride=0)
        if self.stride is None:
            usual = min(self.window // 2, LONGEST_STRIDE)
            return cut(context, room, usual if usual < room else room // 2)
        if self.stride >= room:
            raise ValueError(
                f"doc_stride must be less than {room}, the room that the question "
                f"leaves in max_seq_len={self.window}, not {self.stride}"
            )
        return cut(context, room, self.stride)


def lengths(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    max_seq_len: int | None,
    doc_stride: int | None,
    max_question_len: int,
) -> Lengths:
    """The three lengths, with what the old pipeline took where None is given.

    Raises:
        TypeError, ValueError: if one is no integer, too small or too large.
    """
    most = min(tokenizer.model_max_length, model.config.max_position_embeddings)
    window = min(most, LONGEST_WINDOW)
    if max_seq_len is not None:
        window = check_integer("max_seq_len", max_seq_len)
    if window > most:
        raise ValueError(
            f"max_seq_len must be at most {most}, what the model reads, not {window}"
        )
    stride = (
        None if doc_stride is None else check_integer("doc_stride", doc_stride, least=0)
    )
    if stride is not None and stride > window:
        raise ValueError(f"doc_stride must be less than {window}, not {stride}")
    return Lengths(window, stride, check_integer("max_question_len", max_question_len))
