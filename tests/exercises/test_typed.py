"""Answers typed as people type them, and what a verdict says of each."""

import math

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion.exercises import typed
from companion.exercises.verdicts import Items, Number, Truth, shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("23440896", 23_440_896),
        ("23,440,896", 23_440_896),
        ("23 440 896", 23_440_896),
        ("23\u202f440\u202f896", 23_440_896),
        ("23_440_896", 23_440_896),
        ("23’440’896", 23_440_896),
        ("23.440.896", 23_440_896),
        ("1.024,5", 1024.5),
        ("1,024.5", 1024.5),
        ("1,024", 1024),
        ("0,375", 0.375),
        ("0,4", 0.4),
        (".5", 0.5),
        ("5.", 5),
        (" 4 ", 4),
        ("2/3", 2 / 3),
        ("4 / 6", 2 / 3),
        ("4⁄6", 2 / 3),
        ("−1.3", -1.3),
        ("0.7 - 2", -1.3),
        ("--2", 2),
        ("-2**2", -4),
        ("2^3^2", 512),
        ("2**-1", 0.5),
        ("30_522*768", 30_522 * 768),
        ("(28 996 + 512 + 2) × 384", (28_996 + 512 + 2) * 384),
        ("-3/sqrt(5)", -3 / 5**0.5),
        ("math.log(4) / 2", math.log(2)),
        ("LN(100)", math.log(100)),
        ("log2(8)", 3),
        ("1 / (1 + e^-2)", 1 / (1 + math.exp(-2))),
        ("exp(1) - e + pi", math.pi),
        ("40 %", 0.4),
        ("1e-4", 1e-4),
        ("2.5E3", 2500),
        ("1 2", None),
        ("1,2,3", None),
        ("1,0244", 1.0244),
        ("", None),
        ("four", None),
        ("sqrt 4", None),
        ("sqrt(4", None),
        ("4)", None),
        ("1/0", None),
        ("1/(1/0)", None),
        ("1e999", None),
        ("1e308*10", None),
        ("9**9**9", None),
        ("sqrt(-1)", None),
        ("ln(0)", None),
        ("(-8)**(1/3)", None),
        ("exp(1000)", None),
        ("nan", None),
        ("٣", None),
        ("(" * 500, None),
    ],
)
def test_a_number_is_read_as_it_is_typed(text, value):
    found = typed.typed_number(text)
    assert found == value if value is None else found == pytest.approx(value, 1e-12)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("[0, 5]", [0, 5]),
        ("0 5", [0, 5]),
        ("(0; 5)", [0, 5]),
        ("0,5", [0, 5]),
        ("05", [0, 5]),
        ("0011", [0, 0, 1, 1]),
        ("10, 12", [10, 12]),
        ("10, x", None),
        ("", []),
    ],
)
def test_a_list_of_numbers_is_read_as_it_is_typed(text, items):
    assert typed.typed_items(text, are_numbers=True) == items


@pytest.mark.parametrize(
    "text",
    [
        "muse ##um ##s",
        "['muse', '##um', \"##s\"]",
        "muse,##um, “##s”",
        "`muse` ##um;##s",
    ],
)
def test_a_list_of_pieces_is_read_as_it_is_typed(text):
    assert typed.typed_items(text, are_numbers=False) == ["muse", "##um", "##s"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("True", True),
        ("true", True),
        (" YES. ", True),
        ("f", False),
        ("No", False),
        ("maybe", None),
        ("1", None),
        ("", None),
    ],
)
def test_a_truth_is_read_as_it_is_typed(text, value):
    assert typed.typed_truth(text) is value


@pytest.mark.parametrize("text", ["", "  ", "...", "…", "\n"])
def test_nothing_typed_is_no_answer(text):
    assert typed.is_missing(text)


@given(st.text(max_size=40))
@examples(200)
def test_any_text_gets_a_verdict(text):
    for key in (Number(2, {3: "x"}, "y"), Items([1, 2], [], "y"), Truth(True, "y")):
        assert key.verdict(text)
    assert Items(["a"], [], "y").verdict(text)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (torch.tensor(7.0), "right"),
        ("14/2", "right"),
        (7.0006, "right"),
        (7.001, "Not 7.001. Try."),
        (23_440_896, "Not 23,440,896. Try."),
        (1 / 3, "Not 0.333333. Three."),
        (-0.0, "Not 0. Try."),
        ("seven", 'A number was asked for, not "seven".'),
        ("x" * 99, f'A number was asked for, not "{"x" * 57}...".'),
        ([7], "A number was asked for, not [7]."),
    ],
)
def test_the_verdict_on_a_number(answer, verdict):
    assert Number(7, {1 / 3: "Three."}, "Try.").verdict(answer) == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ((1, 2), "right"),
        ("1, 2", "right"),
        ([1.0, 2.0], "right"),
        ([2, 1], "Not 2, 1. Turn."),
        ("", "Not an empty list. Try."),
        ([torch.zeros(2), 2], "Not tensor([0., 0.]), 2. Try."),
        (3, "A list was asked for, not 3."),
        ("no list", 'A list was asked for, not "no list".'),
    ],
)
def test_the_verdict_on_a_list(answer, verdict):
    assert Items([1, 2], [([2, 1], "Turn.")], "Try.").verdict(answer) == verdict


def test_what_cannot_describe_itself_is_named_by_its_type():
    class Silent:
        def __repr__(self):
            raise ValueError

    assert Truth(True, "y").verdict(Silent()).endswith("not a Silent.")
    assert Number(1, {}, "y").verdict(10**5000).startswith("A number was asked for")


def test_large_and_small_numbers_are_shown_with_six_digits():
    assert [shown(1e15), shown(0.000012345678)] == ["1e+15", "1.23457e-05"]
