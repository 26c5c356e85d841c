"""SQuAD's own measures of an answer, exact match and token F1, by both its rules.

    exact_match, f1         version 1.1: each question has an answer
    exact_match_2, f1_2     version 2: "no answer", the empty text, may be right

They differ if nothing is left of a text once articles and punctuation are gone: two
such texts share no word, so F1 is 0 in version 1.1; they are equal, so it is 1 in
version 2. A word is what stands between spaces, so in languages that write without
them, such as Chinese, Japanese and Thai, F1 is 0 or 1.

Rajpurkar, Zhang, Lopyrev and Liang, *SQuAD: 100,000+ Questions for Machine
Comprehension of Text*, EMNLP 2016, section 6.1; Rajpurkar, Jia and Liang, *Know What
You Don't Know*, ACL 2018. Chapter 9.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """Lower-case `text`, drop punctuation and English articles, tidy the spaces."""
    text = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", text).split())


def exact_match(prediction: str, references: Iterable[str]) -> float:
    """Return 1.0 if the normalised prediction equals a reference, else 0.0."""
    return float(any(normalize(prediction) == normalize(r) for r in references))


def f1(prediction: str, references: Iterable[str]) -> float:
    """The best token F1, 0.0 to 1.0, of `prediction` against any reference."""
    ours = normalize(prediction).split()
    return max((_overlap(ours, normalize(r).split()) for r in references), default=0.0)


def exact_match_2(prediction: str, references: Iterable[str]) -> float:
    """Like `exact_match`; without references 1.0 if nothing is left of `prediction`."""
    return exact_match(prediction, _references_2(references))


def f1_2(prediction: str, references: Iterable[str]) -> float:
    """Like `f1`; without references 1.0 if nothing is left of `prediction`."""
    wanted = _references_2(references)
    if not normalize(prediction) or wanted == [""]:
        return exact_match(prediction, wanted)
    return f1(prediction, wanted)


def _references_2(references: Iterable[str]) -> list[str]:
    """The references of which something is left; "no answer" if there is none."""
    return [r for r in references if normalize(r)] or [""]


def _overlap(ours: list[str], theirs: list[str]) -> float:
    """Token F1 of two texts: the harmonic mean of precision and recall."""
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared / (len(ours) + len(theirs)) if shared else 0.0
