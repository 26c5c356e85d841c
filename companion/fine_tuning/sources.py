"""What can stand after `--data`: files, shares, what is built in.

    FILE.json[.gz]                       SQuAD's format, v1.1 or v2
    hub:NAME@REVISION[/CONFIG[/SPLIT]]   a data set on the hub, with SQuAD's columns
    short-contexts                       see `companion.fine_tuning.short_contexts`

Each may be followed by `:SHARE`: `:0.5` takes half of the questions, `:2` takes them
twice. What is held out of a file is never among them.
"""

import hashlib
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from companion.checksums import file_sha256
from companion.fine_tuning import held_out
from companion.fine_tuning.reports import domain_names
from companion.fine_tuning.short_contexts import short_contexts
from companion.fine_tuning.squad import (
    Example,
    placed,
    read_hub,
    read_paragraphs,
    read_squad,
)

SHORT = "short-contexts"
_HUB = re.compile(
    r"hub:(?P<name>[\w.-]+(/[\w.-]+)?)@(?P<revision>[\w.-]+)"
    r"(/(?P<config>[\w.-]+)(/(?P<split>[\w.-]+))?)?"
)


@dataclass(frozen=True)
class Source:
    """Where questions come from, and what was taken: to train on, to measure with.

    `split` is `held_out.record` of all its questions.
    """

    name: str  # the file's, with as many folders as tell it from the others
    share: float
    training: list[Example]
    held_out: list[Example]
    sha256: str | None  # of a file
    split: dict[str, Any]

    def record(self) -> dict[str, Any]:
        """What the training record keeps."""
        own = {"name": self.name, "questions": len(self.training)}
        return {**own, "sha256": self.sha256, **self.split}


def read_sources(
    specs: list[str], rules: list[str], seed: int, texts: bool = False
) -> list[Source]:
    """Read each of `specs`, hold out, and take the share that is asked for.

    Args:
        rules: `held_out.split`'s, one for all files or one for each of `specs`.
        texts: take contexts alone, each once, also from plain text files; an example
            is then one context.
    Raises:
        ValueError: naming the source, if it cannot be read or trained on, or if it has
            questions about what another one holds out.
        FileNotFoundError: if a file is not there.
    """
    parts = [_parts(spec) for spec in specs]
    names = _names([what for what, _ in parts])
    each = _rule_for_each(rules, [what for what, _ in parts])
    sources = [
        _source(what, name, share, rule, seed, texts)
        for (what, share), name, rule in zip(parts, names, each, strict=True)
    ]
    _check_apart(sources)
    return sources


def _names(wanted: list[str]) -> list[str]:
    """A name for each source, that no other has; ValueError if one comes twice."""
    files = [Path(w) for w in wanted if not _is_built_in(w)]
    for what in wanted:
        if wanted.count(what) > 1:
            raise ValueError(f"--data {what}: comes twice; {what}:2 takes it twice")
    names = iter(domain_names(files))
    return [w if _is_built_in(w) else next(names) for w in wanted]


def _is_built_in(what: str) -> bool:
    return what == SHORT or what.startswith("hub:")


def _rule_for_each(rules: list[str], wanted: list[str]) -> list[str]:
    """One rule for each source; of the short contexts nothing is held out."""
    if len(rules) not in (1, len(wanted)):
        raise ValueError(
            f"--hold-out has {len(rules)} rules; wanted one, or one for each of the "
            f"{len(wanted)} sources in --data"
        )
    for rule in rules:
        held_out.parsed(rule)
    each = rules * len(wanted) if len(rules) == 1 else rules
    for what, rule in zip(wanted, each, strict=True):
        if what == SHORT and len(rules) > 1 and rule != held_out.NONE:
            raise ValueError(f"--hold-out {rule} for {SHORT}: must be {held_out.NONE}")
    pairs = zip(wanted, each, strict=True)
    return [held_out.NONE if what == SHORT else rule for what, rule in pairs]


def _source(
    what: str, name: str, share: float, rule: str, seed: int, texts: bool
) -> Source:
    sha256 = None
    if what == SHORT:
        examples = short_contexts()
    elif what.startswith("hub:"):
        examples = _from_hub(what)
    else:
        is_text = texts and Path(what).suffix.lower() == ".txt"
        examples = (read_paragraphs if is_text else read_squad)(Path(what))
        if Path(what).is_file():  # a pipe is empty now
            sha256 = file_sha256(Path(what))
    training, apart = held_out.split(examples, rule)
    _check_parts(what, rule, training, apart)
    training = one_for_each_text(training) if texts else placed(training)
    training = taken(training, share, seed)
    if not training:
        raise ValueError(
            f"--data {what}: a share of {share:g} of its questions is none"
        )
    record = held_out.record(rule, examples, apart)
    return Source(name, share, training, apart, sha256, record)


def _check_parts(
    what: str, rule: str, training: list[Example], apart: list[Example]
) -> None:
    """Neither part may be empty, if something was to be held out."""
    if training and (apart or rule == held_out.NONE):
        return
    missing = "hold out" if training else "train on"
    raise ValueError(
        f"--data {what}: {rule} leaves nothing to {missing}, of "
        f"{len(training) + len(apart)} questions; --hold-out {held_out.NONE} trains on "
        "all of them"
    )


def _check_apart(sources: list[Source]) -> None:
    """What one source holds out, none may train on."""
    for one in sources:
        out = {e.context for e in one.held_out}
        for other in sources:
            seen = [e for e in other.training if e.context in out]
            if seen:
                raise ValueError(
                    f"--data {other.name}: {len(seen)} of its training questions are "
                    f"about what {one.name} holds out; the first is {seen[0].id!r}"
                )


def _parts(spec: str) -> tuple[str, float]:
    """`FILE:0.5` to `("FILE", 0.5)`; the share is 1 where none is given."""
    what, colon, share = spec.rpartition(":")
    if not colon or not re.fullmatch(r"\d+(\.\d+)?", share):
        return spec, 1.0
    number = float(share)
    if number <= 0 or (number > 1 and number != int(number)):
        raise ValueError(
            f"--data {spec!r}: the share must be at most 1 or whole, not {share}"
        )
    return what, number


def _from_hub(what: str) -> list[Example]:
    match = _HUB.fullmatch(what)
    if not match:
        raise ValueError(
            f"--data {what!r}: wanted hub:NAME@REVISION[/CONFIG[/SPLIT]]; the revision "
            "is needed, so that the run can be repeated"
        )
    return read_hub(
        match["name"], match["revision"], match["config"], match["split"] or "train"
    )


def one_for_each_text(examples: list[Example]) -> list[Example]:
    """The first of the examples about each context."""
    return list({e.context: e for e in reversed(examples)}.values())[::-1]


def taken(examples: list[Example], share: float, seed: int) -> list[Example]:
    """A random part of `examples`, in random order; or all of them, `share` times."""
    if share < 1:
        return random.Random(seed).sample(examples, k=round(share * len(examples)))
    return examples * int(share)


def training_digest(sources: list[Source]) -> str:
    """The SHA-256 digest of what is trained on, in its order, wherever it came from."""
    digest = hashlib.sha256()
    for example in (e for source in sources for e in source.training):
        row = [example.id, example.question, example.context, example.answers]
        digest.update(f"{json.dumps([*row, example.page])}\n".encode())
    return digest.hexdigest()
