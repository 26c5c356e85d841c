"""SQuAD's measures, against answers worked out by hand from the published rules."""

import random
import re
import string

import pytest

from companion.fine_tuning.metrics import (
    exact_match,
    exact_match_2,
    f1,
    f1_2,
    normalize,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat!", "cat"),
        ("an apple a day", "apple day"),
        ("theatre", "theatre"),
        ("U.S.", "us"),
        ("A.", ""),
        ("a-b", "ab"),  # punctuation goes before articles: no "a" is left alone
        ("THE\tend\n", "end"),
        ("“quoted”", "“quoted”"),  # only ASCII punctuation goes
        ("  ", ""),
    ],
)
def test_normalisation(text, normal):
    assert normalize(text) == normal


def test_exact_match_takes_the_best_reference():
    assert exact_match("The Cat", ["dog", "a cat."]) == 1
    assert exact_match("cats", ["dog", "a cat."]) == 0
    assert exact_match("cat", []) == 0


@pytest.mark.parametrize("measure", [f1, f1_2])
@pytest.mark.parametrize(
    ("prediction", "references", "score"),
    [
        ("black cat", ["the black cat"], 1),
        ("black cat", ["cat"], 2 / 3),
        ("cat cat", ["cat"], 2 / 3),
        ("cat cat", ["cat cat dog"], 4 / 5),
        ("dog", ["cat", "dog house"], 2 / 3),
        ("dog", ["cat"], 0),
        ("the", ["cat"], 0),
        ("cat", [], 0),
    ],
)
def test_f1(measure, prediction, references, score):
    assert measure(prediction, references) == pytest.approx(score)


@pytest.mark.parametrize(
    ("prediction", "references", "version_1", "version_2"),
    [
        ("the", ["a"], (1, 0), (1, 1)),  # nothing left: no shared word, but equal
        ("", [], (0, 0), (1, 1)),  # "no answer" is right
        ("cat", [], (0, 0), (0, 0)),
        ("the", [], (0, 0), (1, 1)),
        ("", ["cat"], (0, 0), (0, 0)),  # "no answer" is wrong
        ("", ["the", "cat"], (1, 0), (0, 0)),  # version 2 drops empty references
    ],
)
def test_where_the_two_versions_differ(prediction, references, version_1, version_2):
    ours = exact_match(prediction, references), f1(prediction, references)
    assert ours == version_1
    ours = exact_match_2(prediction, references), f1_2(prediction, references)
    assert ours == version_2


def published(prediction, references, version):
    """EM and F1 step by step, as SQuAD's two scripts of evaluation compute them."""

    def words(text):
        kept = "".join(c for c in text.lower() if c not in string.punctuation)
        return re.sub(r"\b(a|an|the)\b", " ", kept).split()

    def harmonic(ours, theirs):
        if version == 2 and not (ours and theirs):
            return float(ours == theirs)
        left, same = list(theirs), 0
        for word in ours:
            if word in left:
                left.remove(word)
                same += 1
        if same == 0:
            return 0.0
        precision, recall = same / len(ours), same / len(theirs)
        return 2 * precision * recall / (precision + recall)

    ours, every = words(prediction), [words(r) for r in references]
    if version == 2:
        every = [theirs for theirs in every if theirs] or [[]]
    exact = max(float(ours == theirs) for theirs in every)
    return exact, max(harmonic(ours, theirs) for theirs in every)


PIECES = [
    *("the", "A", "an", "cat", "Cat", "cat's", "U.S.", "a-b", "“a”", "1,998", "_the_"),
    *("Zürich", "東京", "İ", "...", "the\tcat", "\u00a0", "\u3000", ""),
]


def test_random_pairs_score_as_the_published_rules_say():
    draw = random.Random(0)

    def text():
        return " ".join(draw.choices(PIECES, k=draw.randrange(5)))

    scores = set()
    for _ in range(5000):
        prediction, references = text(), [text() for _ in range(draw.randint(1, 3))]
        one = exact_match(prediction, references), f1(prediction, references)
        assert one == pytest.approx(published(prediction, references, 1))
        two = exact_match_2(prediction, references), f1_2(prediction, references)
        assert two == pytest.approx(published(prediction, references, 2))
        scores |= {one, two}
    assert len(scores) > 10  # and not all of them alike
