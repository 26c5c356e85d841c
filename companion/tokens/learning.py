"""How a vocabulary is made: join the pair of pieces that is next to each other most.

Sennrich, Haddow and Birch, *Neural machine translation of rare words with subword
units*, 2016, algorithm 1, with `##` before what continues a word.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise


def learn_pieces(words: Mapping[str, int], steps: int) -> list[tuple[str, str, int]]:
    """Join single characters to longer pieces, the most frequent pair in each step.

    From "tin" 3 times and "pin" twice, the first step makes `##in` of `##i` and `##n`,
    which it finds 5 times. Of pairs that are equally frequent, the one that comes first
    in `words` is joined.

    Args:
        words: how often each word occurs.
        steps: how many pieces to make; fewer come back when all words are whole.
    Returns:
        For each step the two pieces that were joined, and how often they were found.
    """
    cuts = {word: [word[0], *(f"##{c}" for c in word[1:])] for word in words}
    learned = []
    for _ in range(steps):
        pairs: Counter[tuple[str, str]] = Counter()
        for word, pieces in cuts.items():
            for pair in pairwise(pieces):
                pairs[pair] += words[word]
        if not pairs:
            break
        [((left, right), count)] = pairs.most_common(1)
        learned.append((left, right, count))
        cuts = {word: _joined(pieces, left, right) for word, pieces in cuts.items()}
    return learned


def _joined(pieces: list[str], left: str, right: str) -> list[str]:
    """Write `left` and `right` as one piece wherever they are next to each other."""
    joined: list[str] = []
    for piece in pieces:
        if joined and (joined[-1], piece) == (left, right):
            joined[-1] += right.removeprefix("##")
        else:
            joined.append(piece)
    return joined
