import math

import pytest

from companion.exercises import (
    check_gradient,
    check_masks,
    check_rest,
    check_two_guesses,
)

CHECKS = [check_masks, check_two_guesses, check_gradient, check_rest]


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_masks, 30, "not all of these"),
        (check_masks, 160, "only 15 %"),
        (check_masks, 27, "another piece"),
        (check_masks, 6, "do not become"),
        (check_masks, 7, "which share"),
        (check_two_guesses, -math.log(4), "not below 0"),
        (check_two_guesses, math.log(16), "mean of the two"),
        (check_two_guesses, -math.log(0.3125), "first the logarithms"),
        (check_two_guesses, 2, "base 2"),
        (check_two_guesses, 7, "-ln(0.125)"),
        (check_gradient, 9, "the loss itself"),
        (check_gradient, 6, "multiply by 3"),
        (check_gradient, 3, "square it"),
        (check_gradient, -18, "grow or fall"),
        (check_gradient, 27, "too large"),
        (check_gradient, 7, "3.001"),
        (check_rest, 1.75, "base 2"),
        (check_rest, math.log(4), "at random"),
        (check_rest, math.log(2), "commonest"),
        (check_rest, -1.75 * math.log(2), "not below 0"),
        (check_rest, 7, "its share"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_masks, 24),
        (check_two_guesses, math.log(4)),
        (check_gradient, 18),
        (check_rest, 1.75 * math.log(2)),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize("check", CHECKS)
def test_three_dots_are_no_answer_yet(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"
