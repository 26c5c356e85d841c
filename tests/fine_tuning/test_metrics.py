"""SQuAD's measures, against answers worked out by hand from the published rules."""

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
