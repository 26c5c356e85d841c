"""Words by characters, where a tokenizer has no rule for them.

BERT's tokenizer cuts a text into words before it cuts these into pieces. Others give a
token the space in front of it, and take a Chinese sentence for one word.
"""

import re

Span = tuple[int, int]
# Scripts that put no space between words: Thai to Khmer, kana, Han.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def visible(
    text: str, spans: list[Span], words: list[int | None]
) -> tuple[list[Span], list[int]]:
    """Take whitespace off the tokens, and number the words that they belong to.

    A token of nothing but whitespace becomes part of the token after it, or of the last
    one; tokens that share characters have one span. A word ends where the tokenizer
    says so, at whitespace, and after each token of a script without spaces.

    Args:
        text: what was tokenized.
        spans: the characters of each of its N tokens.
        words: the word of each, as the tokenizer counts.
    Returns:
        The N spans and words anew; nothing at all if no token can be seen.
    """
    trimmed = [_trimmed(text, span) for span in spans]
    seen = [i for i, (first, end) in enumerate(trimmed) if first < end]
    if not seen:
        return [], []
    following = seen[-1]
    for i in range(len(trimmed) - 1, -1, -1):
        first, end = trimmed[i]
        following = i if first < end else following
        trimmed[i], words[i] = trimmed[following], words[following]
    _join_overlapping(trimmed, words)
    numbers = [0]
    for i in range(1, len(trimmed)):
        ends = words[i] != words[i - 1] or _apart(text, trimmed[i - 1], trimmed[i])
        numbers.append(numbers[-1] + ends)
    return trimmed, numbers


def _join_overlapping(spans: list[Span], words: list[int | None]) -> None:
    """Give tokens that share characters, such as the bytes of one, the same span."""
    begin = 0  # of those that overlap
    for i in range(1, len(spans)):
        if spans[i][0] >= spans[i - 1][1]:
            begin = i
            continue
        pair = spans[i - 1], spans[i]
        joined = min(first for first, _ in pair), max(end for _, end in pair)
        spans[begin : i + 1] = [joined] * (i + 1 - begin)
        words[begin : i + 1] = [words[begin]] * (i + 1 - begin)


def _trimmed(text: str, span: Span) -> Span:
    """Return a span without the whitespace at its ends."""
    piece = text[span[0] : span[1]]
    first = span[0] + len(piece) - len(piece.lstrip())
    return first, first + len(piece.strip())


def _apart(text: str, left: Span, right: Span) -> bool:
    """Tell whether two neighbouring tokens of a tokenizer's word are two words."""
    if left == right:
        return False
    if any(character.isspace() for character in text[left[1] : right[0]]):
        return True
    return any(UNSPACED.search(text, *span) for span in (left, right))
