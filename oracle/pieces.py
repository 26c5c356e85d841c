"""Vocabularies of a few hundred pieces, made from a few sentences. See `small.py`."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from tokenizers.pre_tokenizers import ByteLevel

TEXT = (
    "My name is Anna Weber and I was born in Lisbon, in 1961. Her brother Paul stayed "
    "in Oslo, where he repaired clocks; who wrote the letter, and to whom? When did "
    "she open the small bakery near the harbour of Ghent? The mill cost 3,500 crowns."
)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'-()[]/"


def _words(first: list[str]) -> dict[str, Any]:
    """Letters, and the first and last three letters of each word."""
    words = sorted(set(TEXT.split()))
    pieces = [*LETTERS, *("##" + letter for letter in LETTERS)]
    pieces += [w[:3] for w in words] + ["##" + w[-3:] for w in words]
    return {"vocab": {p: i for i, p in enumerate(dict.fromkeys([*first, *pieces]))}}


def _bytes(first: list[str]) -> dict[str, Any]:
    """All bytes; a letter with the space before it; the most frequent pairs."""
    alphabet = sorted(ByteLevel.alphabet())
    words = [tuple(w) for w, _ in ByteLevel(False).pre_tokenize_str(TEXT)]
    merges = [("Ġ", letter) for letter in LETTERS]
    for pair in merges:
        words = [_merged(word, pair) for word in words]
    for _ in range(40):
        counts = Counter(p for w in words for p in pairwise(w))
        merges.append(max(counts, key=lambda pair: (counts[pair], pair)))
        words = [_merged(word, merges[-1]) for word in words]
    pieces = [*first, *alphabet, *("".join(pair) for pair in merges)]
    return {
        "vocab": {p: i for i, p in enumerate(dict.fromkeys(pieces))},
        "merges": merges,
    }


def _merged(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """Join a pair wherever it stands in a word."""
    joined: list[str] = []
    for letter in word:
        if joined and (joined[-1], letter) == pair:
            joined[-1] += letter
        else:
            joined.append(letter)
    return tuple(joined)


def _spaces(first: list[str]) -> dict[str, Any]:
    """Letters, alone and after a space, and what begins or ends the text's words."""
    words = sorted(set(TEXT.split()))
    pieces = ["▁", *LETTERS, *("▁" + letter for letter in LETTERS), *"她住在北京"]
    pieces += ["▁" + w[:3] for w in words] + [w[-3:] for w in words]
    pieces = [p for p in dict.fromkeys(pieces) if p not in first]
    # A space alone would share its character with the letter after it.
    scores = {"▁": -40.0, **{p: -6.0 for p in pieces if len(p.lstrip("▁")) == 1}}
    scored = [(p, scores.get(p, -8.0)) for p in pieces]
    return {"vocab": [*((token, 0.0) for token in first), *scored]}


MAKERS: dict[str, Callable[[list[str]], dict[str, Any]]] = {
    "words": _words,
    "bytes": _bytes,
    "spaces": _spaces,
}
