"""What a BERT tokenizer does with each character, as a table for the page.

A browser's own classes follow the newest Unicode, the tokenizer's an old one. So the
tokenizer itself is asked about each character, and the page has its answers.
"""

from collections.abc import Iterable
from itertools import groupby

from transformers import BertTokenizer

Range = tuple[int, int]  # the first and the last code point
BETWEEN = "QQQQ"  # stands between two texts where both are normalized at once
# Beyond these Unicode has assigned only characters for private use, which are dropped.
ASKED = [*range(0xD800), *range(0xE000, 0x34000), *range(0xE0000, 0xE1000)]
PRIVATE = [(0xF0000, 0xFFFFD), (0x100000, 0x10FFFD)]


def classes(
    tokenizer: BertTokenizer, asked: Iterable[int] = ASKED
) -> dict[str, list[Range]]:
    """The characters that are dropped, that are space, and that stand apart.

    What stands apart, punctuation and Chinese, is a word by itself.
    """
    characters = [chr(point) for point in asked]
    joined = BETWEEN.join(f"a{c}b" for c in characters)
    normalized = tokenizer.backend_tokenizer.normalizer.normalize_str(joined)
    became = dict(zip(characters, normalized.split(BETWEEN), strict=True))
    kept = [c for c, text in became.items() if text == f"a{c}b"]
    return {
        "dropped": [*ranges(c for c, text in became.items() if text == "ab"), *PRIVATE],
        "space": ranges(c for c, text in became.items() if text == "a b"),
        "apart": ranges(
            [c for c, text in became.items() if text == f"a {c} b"]
            + _split_off(tokenizer, kept)
        ),
    }


def _split_off(tokenizer: BertTokenizer, characters: list[str]) -> list[str]:
    """Those at which a word is cut."""
    pieces = tokenizer.backend_tokenizer.pre_tokenizer.pre_tokenize_str(
        " ".join(f"a{c}b" for c in characters)
    )
    return [characters[first // 4] for _, (first, _) in pieces if first % 4 == 1]


def ranges(characters: Iterable[str]) -> list[Range]:
    """Code points that follow one another, as their first and last."""
    points = enumerate(sorted(map(ord, characters)))
    runs = [list(run) for _, run in groupby(points, key=lambda pair: pair[1] - pair[0])]
    return [(run[0][1], run[-1][1]) for run in runs]
