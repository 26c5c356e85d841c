import math

import pytest

from companion.exercises import (
    check_one_weight,
    check_previous_head,
    check_score_cost,
    check_without_f,
)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_one_weight, math.exp(2) / (math.exp(2) + 1)),
        (check_previous_head, 2),
        (check_without_f, 0.90142),
        (check_score_cost, 201_326_592),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_one_weight, 2, "Now the softmax"),
        (check_one_weight, math.exp(4) / (math.exp(4) + 1), "without the scale"),
        (check_one_weight, math.e / (math.e + 1), "divides by D"),
        (check_one_weight, 1 / (math.exp(2) + 1), "second key"),
        (check_one_weight, 7, "Two dot products"),
        (check_previous_head, 3, "counted from 0"),
        (check_previous_head, 9, "layer 1"),
        (check_previous_head, 7, "diagonal"),
        (check_without_f, 0.51671, "with F"),
        (check_without_f, 0.94349, "by one factor"),
        (check_without_f, 0, "F's own"),
        (check_without_f, 0.1, "-inf"),
        (check_score_cost, 262_144, "counts the pairs"),
        (check_score_cost, 262_144 * 64, "one head"),
        (check_score_cost, 512 * 768, "for one token"),
        (check_score_cost, 201_326_592 * 12, "all twelve layers"),
        (check_score_cost, 262_144 * 384, "the book's H"),
        (check_score_cost, 201_326_592 * 2, "weighted sums"),
        (check_score_cost, 1, "Pairs of tokens"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out


@pytest.mark.parametrize(
    "check", [check_one_weight, check_previous_head, check_score_cost, check_without_f]
)
def test_three_dots_are_no_answer(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"
