"""SQuAD's own measures of an answer: exact match and token F1.

Rajpurkar, Zhang, Lopyrev and Liang, *SQuAD: 100,000+ Questions for Machine
Comprehension of Text*, EMNLP 2016, section 6.1. Chapter 9.
"""

import re
import string
from collections import Counter
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalize(text: str) -> str:
    """Lower-case `text`, drop punctuation and English articles, tidy the blanks."""
    text = text.lower().translate(_PUNCTUATION)
    return " ".join(_ARTICLES.sub(" ", text).split())


def exact_match(prediction: str, references: Iterable[str]) -> float:
    """1.0 if the normalised prediction equals one of the references, else 0.0."""
    return float(any(normalize(prediction) == normalize(r) for r in references))


def f1(prediction: str, references: Iterable[str]) -> float:
    """The best token F1, 0.0 to 1.0, of `prediction` against any reference."""
    return max(
        (_f1_of_pair(prediction, reference) for reference in references), default=0.0
    )


def _f1_of_pair(prediction: str, reference: str) -> float:
    ours, theirs = normalize(prediction).split(), normalize(reference).split()
    if not ours or not theirs:  # nothing is left after the articles: equal or wrong
        return float(ours == theirs)
    shared = (Counter(ours) & Counter(theirs)).total()
    return 2 * shared / (len(ours) + len(theirs))
