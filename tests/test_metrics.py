import pytest

from companion.metrics import exact_match, f1, normalize


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("The  Cat!", "cat"),
        ("an apple a day", "apple day"),
        ("theatre", "theatre"),
        ("U.S.", "us"),
        ("  ", ""),
    ],
)
def test_normalisation(text, normal):
    assert normalize(text) == normal


def test_exact_match_takes_the_best_reference():
    assert exact_match("The Cat", ["dog", "a cat."]) == 1
    assert exact_match("cats", ["dog", "a cat."]) == 0
    assert exact_match("cat", []) == 0


@pytest.mark.parametrize(
    ("prediction", "references", "score"),
    [
        ("black cat", ["the black cat"], 1),
        ("black cat", ["cat"], 2 / 3),
        ("cat cat", ["cat"], 2 / 3),
        ("dog", ["cat", "dog house"], 2 / 3),
        ("dog", ["cat"], 0),
        ("the", ["a"], 1),
        ("the", ["cat"], 0),
        ("cat", [], 0),
    ],
)
def test_f1(prediction, references, score):
    assert f1(prediction, references) == pytest.approx(score)
