"""What can stand after `--data`: files, shares, what is built in. Chapter 9.

    FILE.json[.gz]                       SQuAD's format, v1.1 or v2
    hub:NAME@REVISION[/CONFIG[/SPLIT]]   a data set on the hub, with SQuAD's columns
    short-contexts                       see `companion.fine_tuning.short_contexts`

Each may be followed by `:SHARE`: `:0.5` takes half of the questions, `:2` takes them
twice. What is held out of a file is never among them.
"""

import hashlib
import random
import re
from dataclasses import dataclass
from pathlib import Path

from companion.fine_tuning import held_out
from companion.fine_tuning.short_contexts import short_contexts
from companion.fine_tuning.squad import Example, read_hub, read_squad

_HUB = re.compile(
    r"hub:(?P<name>[\w.-]+(/[\w.-]+)?)@(?P<revision>\w+)"
    r"(/(?P<config>[\w.-]+)(/(?P<split>[\w.-]+))?)?"
)


@dataclass(frozen=True)
class Source:
    """Where questions come from, and what was taken: to train on, to measure with."""

    name: str  # without folders
    share: float
    training: list[Example]
    held_out: list[Example]
    sha256: str | None  # of a file


def read_sources(specs: list[str], seed: int, hold_out: bool = True) -> list[Source]:
    """Read each of `specs`, hold out, and take the share that is asked for.

    Args:
        hold_out: whether `held_out.hold_out` takes its part away.
    Raises:
        ValueError: naming the source, if it cannot be read or trained on.
        FileNotFoundError: if a file is not there.
    """
    return [_source(spec, seed, hold_out) for spec in specs]


def _source(spec: str, seed: int, hold_out: bool) -> Source:
    what, share = _parts(spec)
    name, digest, apart = Path(what).name, None, []
    if what == "short-contexts":
        examples = short_contexts()
    elif what.startswith("hub:"):
        name, examples = what, _from_hub(what)
    else:
        examples = read_squad(Path(what))
        digest = hashlib.sha256(Path(what).read_bytes()).hexdigest()
    if hold_out and what != "short-contexts":
        examples, apart = held_out.hold_out(examples, name)
    return Source(name, share, taken(examples, share, seed), apart, digest)


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
    found = _HUB.fullmatch(what)
    if not found:
        raise ValueError(
            f"--data {what!r}: wanted hub:NAME@REVISION[/CONFIG[/SPLIT]]; the revision "
            "is needed, so that the run can be repeated"
        )
    return read_hub(
        found["name"], found["revision"], found["config"], found["split"] or "train"
    )


def taken(examples: list[Example], share: float, seed: int) -> list[Example]:
    """A random part of `examples`, in random order; or all of them, `share` times."""
    if share < 1:
        return random.Random(seed).sample(examples, k=round(share * len(examples)))
    return examples * int(share)
