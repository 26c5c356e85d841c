"""The reference answers of a question, in the forms that files have them in.

A reference is (text, first character). Whitespace around the text is no part of the
answer. An empty text at -1 or at 0 says "no answer"; so do an empty list,
`is_impossible`, and in QuAC the word CANNOTANSWER.
"""

import re
from collections.abc import Mapping
from typing import Any

NOWHERE = -1
NO_ANSWER = ("", "CANNOTANSWER")
Reference = tuple[str, int]


def references(
    qa: Mapping[str, Any], context: str, where: str
) -> tuple[Reference, ...]:
    """The references of a question; none if it has no answer.

    Args:
        qa: the question's fields. `answers` is a list of objects or of texts, one
            object, or columns; only the texts are needed.
        where: file and question, for the errors.
    Raises:
        ValueError: if there are none and nothing says why, if one is of another type,
            or if `is_impossible` contradicts them.
    """
    impossible = _impossible(qa, where)
    if impossible and qa.get("answers") is None:
        return ()
    pairs = [_pair(*row, where) for row in _rows(qa, where)]
    found = tuple(_at_its_words(context, *pair) for pair in pairs if not _is_none(pair))
    if impossible and found:
        raise ValueError(
            f"{where}: 'is_impossible' is true, but 'answers' has {found[0][0]!r}"
        )
    return found


def _is_none(pair: tuple[str, int | None]) -> bool:
    return pair[0].strip() in NO_ANSWER


def is_placed(context: str, text: str, first: int) -> bool:
    """Tell whether `context` has `text` at its character `first`."""
    return first >= 0 and context.startswith(text, first)


def _impossible(qa: Mapping[str, Any], where: str) -> bool:
    value = qa.get("is_impossible")
    if isinstance(value, str):
        value = {"true": True, "false": False, "": None}.get(value.lower(), value)
    if value in (None, True, False):  # 0 and 1 too
        return bool(value)
    raise ValueError(f"{where}: 'is_impossible' must be true or false, not {value!r}")


def _rows(qa: Mapping[str, Any], where: str) -> list[tuple[object, object]]:
    """(text, first character) of each, not yet checked."""
    answers = qa.get("answers")
    if answers is None:
        state = "null" if "answers" in qa else "missing"
        raise ValueError(
            f"{where}: the field 'answers' is {state}, and 'is_impossible' is not true"
        )
    if isinstance(answers, Mapping) and isinstance(answers.get("text"), list):
        return _columns(answers, where)
    rows = [answers] if isinstance(answers, Mapping) else answers
    if not isinstance(rows, list):
        raise ValueError(f"{where}: 'answers' must be a list, not {answers!r:.60}")
    rows = [{"text": r} if isinstance(r, str) else r for r in rows]
    for row in rows:
        if not isinstance(row, Mapping) or "text" not in row:
            raise ValueError(f"{where}: an answer has no 'text': {row!r:.60}")
    return [(row["text"], row.get("answer_start")) for row in rows]


def _columns(answers: Mapping[str, Any], where: str) -> list[tuple[object, object]]:
    texts = answers["text"]
    firsts = answers.get("answer_start", [None] * len(texts))
    if not isinstance(firsts, list) or len(firsts) != len(texts):
        raise ValueError(
            f"{where}: 'answers' has {len(texts)} texts and 'answer_start' is "
            f"{firsts!r:.60}"
        )
    return list(zip(texts, firsts, strict=True))


def _pair(text: object, first: object, where: str) -> tuple[str, int | None]:
    """A reference of the right types; the place is None where the file has none."""
    place = _place(first, where)
    if text is None and place in (None, NOWHERE):
        return "", place
    if not isinstance(text, str):
        raise ValueError(f"{where}: an answer's 'text' must be a str, not {text!r:.60}")
    if not text.strip() and place not in (None, NOWHERE, 0):
        raise ValueError(
            f"{where}: an answer has an empty 'text', but 'answer_start' is {place}; "
            f"{NOWHERE} says that there is no answer"
        )
    return text, place


def _place(first: object, where: str) -> int | None:
    """`first` as an int; some tools write it as a string or with a decimal point."""
    if first is None or (isinstance(first, int) and not isinstance(first, bool)):
        return first
    if isinstance(first, float) and first.is_integer():
        return int(first)
    if isinstance(first, str) and re.fullmatch(r"\s*-?\d{1,18}\s*", first):
        return int(first)
    raise ValueError(f"{where}: 'answer_start' must be an int, not {first!r:.60}")


def _at_its_words(context: str, text: str, first: int | None) -> Reference:
    """The words without the whitespace around them, and where they begin.

    Without a place in the file, it is the text's only one in the context, if so.
    """
    words = text.strip()
    if first is None:
        only = context.count(words) == 1
        return words, context.index(words) if only else NOWHERE
    begin = first + len(text) - len(text.lstrip())
    return words, begin if is_placed(context, words, begin) else first
