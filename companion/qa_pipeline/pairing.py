"""Questions and contexts in all the forms in which they come, as pairs of strings."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat, zip_longest
from typing import Any

from companion.qa_pipeline.arguments import whole_text
from companion.tokens import check_text

Texts = str | Iterable[str]
# {"question": ..., "context": ...}, or what has `question_text` and `context_text`, as
# Transformers' SquadExample
Pair = Mapping[str, str] | object
Asked = Texts | Pair | Iterable[Pair]


def pairs(question: Asked, context: Texts | None) -> Iterator[tuple[str, str]]:
    """Pair questions with contexts; one string goes with each item of the other.

    Args:
        question: one or many; without a context, a mapping that holds both, an object
            like Transformers' `SquadExample`, or several of these.
    Raises:
        TypeError: if a text is not a string.
        ValueError: if one is empty or has half a character, or if one of two lists
            ends before the other. Each error names the argument and the item.
    """
    if context is None and not isinstance(question, str):
        return _unpacked(question)
    questions, contexts = _items("question", question), _items("context", context)
    if isinstance(question, str) and isinstance(context, str):
        return iter([(next(questions), next(contexts))])
    if isinstance(question, str) or isinstance(context, str):
        return zip(questions, contexts)  # noqa: B905 - one of them never ends
    return _equally_many(questions, contexts)


def is_single(question: Asked, context: Texts | None) -> bool:
    """Tell whether one question is asked about one context."""
    both = isinstance(question, str) and isinstance(context, str)
    return both or (context is None and is_pair(question))


def is_lazy(question: Asked, context: Texts | None) -> bool:
    """Tell whether one of the two is an iterator, whose items come one by one."""
    kinds = str | list | tuple | Mapping | None
    both = (question, context)
    return not all(isinstance(text, kinds) or is_pair(text) for text in both)


def _unpacked(asked: Any) -> Iterator[tuple[str, str]]:
    """Question and context of one mapping, or of each of several."""
    if is_pair(asked):
        return iter([_pair(asked, "")])
    items = _each(asked)
    if items is None:
        check_text("question", asked)
        return iter(())
    return (_pair(item, f"[{i}]") for i, item in enumerate(items))


def is_pair(item: object) -> bool:
    """Tell whether one object holds a question and its context."""
    return isinstance(item, Mapping) or hasattr(item, "question_text")


def _pair(item: Any, place: str) -> tuple[str, str]:
    if hasattr(item, "question_text") and hasattr(item, "context_text"):
        item = {"question": item.question_text, "context": item.context_text}
    if not (isinstance(item, Mapping) and {"question", "context"} <= item.keys()):
        came = sorted(map(str, item)) if isinstance(item, Mapping) else type(item)
        raise TypeError(
            f"question{place} must be a mapping with 'question' and 'context' if "
            f"there is no argument context, not {getattr(came, '__name__', came)}"
        )
    names = ("question", "context")
    question, context = (whole_text(f"{name}{place}", item[name]) for name in names)
    return question, context


def _items(name: str, texts: Any) -> Iterator[str]:
    """Each text, checked when its turn comes; one string again and again."""
    items = None if isinstance(texts, str | bytes | Mapping) else _each(texts)
    if items is None:
        return repeat(whole_text(name, texts))
    return (whole_text(f"{name}[{i}]", text) for i, text in enumerate(items))


def _each(several: Any) -> Iterable[Any] | None:
    """The items of an iterable, or of a data set that has only a length and places."""
    if isinstance(several, bytes | bytearray):
        return None  # not its numbers: a text that was not decoded
    if isinstance(several, Iterable):
        return several
    if hasattr(several, "__len__") and hasattr(several, "__getitem__"):
        return (several[i] for i in range(len(several)))
    return None


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
