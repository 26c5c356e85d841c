"""Which questions training never sees, so that a model can be measured on them.

Whole pages or paragraphs are held out, never single questions. A rule says which:

    pages:8          the eight pages whose titles sort last
    pages:0.1        the pages whose titles sort last, up to a tenth of the questions
    paragraphs:20    the last twenty paragraphs
    paragraphs:0.1   the last tenth of the paragraphs, at least one
    none             nothing

`fine-tune` records, for each file, the rule and the digests of all questions and of
those held out. By that record `recorded` finds the held-out questions of a file again,
whatever the file is called.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from companion.fine_tuning.squad import Example

DEFAULT, NONE = "paragraphs:0.1", "none"
_RULE = re.compile(r"(pages|paragraphs):(\d+|0?\.\d+)")


def split(examples: list[Example], rule: str) -> tuple[list[Example], list[Example]]:
    """Split off what `rule` holds out: `(training, held_out)`, in their order.

    Either may be empty: it is for the caller to refuse that.

    Raises:
        ValueError: if there is no such rule.
    """
    unit, number = parsed(rule)
    if unit == "pages":
        out = _last_pages([e.page for e in examples], number)
        return _parts(examples, [e.page in out for e in examples])
    paragraphs = list(dict.fromkeys(e.context for e in examples))
    out = set(_last(paragraphs, number))
    return _parts(examples, [e.context in out for e in examples])


def parsed(rule: str) -> tuple[str, Fraction]:
    """`pages:0.1` -> `("pages", 1/10)`; `none` is no paragraph at all.

    Raises:
        ValueError: if there is no such rule.
    """
    if rule == NONE:
        return "paragraphs", Fraction(0)
    match = _RULE.fullmatch(rule)
    if not match or not Fraction(match[2]):
        raise ValueError(
            f"--hold-out {rule!r}: must be pages:N, paragraphs:N or none; N is a whole "
            "number, or a share such as 0.1"
        )
    return match[1], Fraction(match[2])


def _last(paragraphs: list[str], number: Fraction) -> list[str]:
    """The last `number` of them, or that share of them, at least one if it is not 0."""
    count = int(number * len(paragraphs)) if number < 1 else int(number)
    count = max(1, count) if number else 0
    return paragraphs[max(0, len(paragraphs) - count) :]


def _last_pages(pages: list[str], number: Fraction) -> set[str]:
    """The titles that sort last: `number` of them, or up to that share of questions."""
    sizes = Counter(pages)
    titles = sorted(sizes, reverse=True)
    if number >= 1:
        return set(titles[: int(number)])
    out: set[str] = set()
    for title in titles:
        if sum(sizes[t] for t in out) + sizes[title] > number * len(pages):
            break
        out.add(title)
    return out


def _parts(
    examples: list[Example], is_out: list[bool]
) -> tuple[list[Example], list[Example]]:
    pairs = list(zip(examples, is_out, strict=True))
    return [e for e, out in pairs if not out], [e for e, out in pairs if out]


def digest(examples: Iterable[Example]) -> str:
    """The SHA-256 digest of ids, questions and contexts, in whatever order."""
    each = [json.dumps([e.id, e.question, e.context]).encode() for e in examples]
    lines = sorted(hashlib.sha256(line).hexdigest() for line in each)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def record(
    rule: str, examples: list[Example], held_out: list[Example]
) -> dict[str, Any]:
    """What `recorded` needs to find `held_out` again among `examples`."""
    return {
        "hold_out": rule,
        "content_sha256": digest(examples),
        "held_out": {"questions": len(held_out), "sha256": digest(held_out)},
    }


def recorded(
    stages: list[dict[str, Any]], examples: list[Example], where: str
) -> list[Example]:
    """Those of a file's questions that no stage of a training has seen.

    Args:
        stages: the model's `training.json`.
        examples: all questions of the file, as `read_squad` returns them.
        where: the file, for the errors.
    Raises:
        ValueError: if no stage was trained on these questions, if they are not split as
            they were, or if nothing was held out.
    """
    content = digest(examples)
    entries = [d for stage in stages for d in stage["data"] if "hold_out" in d]
    mine = [d for d in entries if d["content_sha256"] == content]
    if not mine:
        raise ValueError(_unknown(where, len(examples), content, entries))
    held_out = examples
    for entry in mine:
        part = _again(entry, examples, where)
        held_out = [e for e in held_out if e in part]
    if not held_out:
        raise ValueError(f"{where}: the model was trained on all of its questions")
    return held_out


def _again(entry: dict[str, Any], examples: list[Example], where: str) -> set[Example]:
    """What the recorded rule holds out; ValueError if it is not what it was."""
    rule, wanted = entry["hold_out"], entry["held_out"]
    _, held_out = split(examples, rule)
    if digest(held_out) != wanted["sha256"]:
        raise ValueError(
            f"{where}: {rule} holds out {len(held_out)} questions with SHA-256 "
            f"{digest(held_out)[:12]}…, but training held out {wanted['questions']} "
            f"with {wanted['sha256'][:12]}…: the order or the titles were changed"
        )
    return set(held_out)


def _unknown(
    where: str, questions: int, content: str, entries: list[dict[str, Any]]
) -> str:
    known = dict.fromkeys(f"{d['name']} ({d['content_sha256'][:12]}…)" for d in entries)
    return (
        f"{where}: its {questions} questions (content SHA-256 {content[:12]}…) are not "
        "those of a file in the model's training record, so what was held out is "
        f"unknown; recorded: {', '.join(known) or 'nothing'}"
    )
