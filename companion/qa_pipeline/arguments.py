"""What the question answerer is called with: texts and lengths, checked."""

from dataclasses import dataclass

from transformers import PreTrainedModel
from transformers import PreTrainedTokenizerBase as Tokenizer

from companion.checks import check_integer
from companion.qa_pipeline.families import longest_input
from companion.qa_pipeline.windows import SPECIAL_TOKENS, Window, cut
from companion.tokens import check_text

LONGEST_WINDOW = 384  # tokens, if the model can read that many
LONGEST_STRIDE = 128
LONGEST_QUESTION = 64


def whole_text(name: str, text: str) -> str:
    """Return `text` if it is a string with something in it that can be read.

    Raises:
        TypeError: if it is not a string.
        ValueError: if it is empty, or has a lone surrogate, half of a character.
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
    """Refuse a text of which the tokenizer keeps nothing.

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
        window: the question, a piece of the context, and the special tokens.
        stride: what neighbouring windows share; None for half a window, at most 128.
        question: longer questions are cut.
        special: how many special tokens there are; BERT has three.
    """

    window: int
    stride: int | None
    question: int
    special: int = SPECIAL_TOKENS

    def windows(self, question: int, context: int) -> list[Window]:
        """Cut a context into windows that have room for the question.

        Args:
            question, context: how many tokens each has.
        Raises:
            ValueError: if the question leaves no room, or less than the stride.
        """
        room = self.window - question - self.special
        if room < 1:
            raise ValueError(
                f"question is too long: its {question} tokens and {self.special} "
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
    tokenizer: Tokenizer,
    model: PreTrainedModel,
    max_seq_len: int | None = None,
    doc_stride: int | None = None,
    max_question_len: int = LONGEST_QUESTION,
    special: int = SPECIAL_TOKENS,
) -> Lengths:
    """Check the three lengths; None becomes what the old pipeline took.

    Raises:
        TypeError, ValueError: if one is not an integer, too small or too large.
    """
    most = longest_input(tokenizer, model)
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
    question = check_integer("max_question_len", max_question_len)
    return Lengths(window, stride, question, special)
