import pytest

from companion.exercises import (
    check_cube,
    check_margin,
    check_rollout,
    check_separator,
    check_two_heads,
    heads,
)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_rollout, 0.4),
        (check_separator, (0, 5)),
        (check_margin, 2 - 0.5),
        (check_cube, 8),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_rollout, 0.8, "That is the weight"),
        (check_rollout, 0.1, "what the second token gets"),
        (check_rollout, 7, "Average the weights with"),
        (check_separator, (5, 0), "layer comes first"),
        (check_separator, (5, 5), "where is its peak"),
        (check_margin, -0.5, "the rivals fall too"),
        (check_margin, -2.5, "Both fall"),
        (check_margin, -1.5, "rivals fall behind"),
        (check_margin, "down", "A number was asked for"),
        (check_cube, 24, "gradient × input"),
        (check_cube, 12, "the slope at 2"),
        (check_cube, 4, "the mean slope"),
        (check_cube, 9, "Completeness"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out


def test_two_heads_off_at_once(capsys):
    one, other, both = heads._two_off()
    assert abs(both - one - other) > 0.1  # or the exercise would have no point
    for answer, hint in [
        (both, "right"),
        (one + other, "one by one"),
        (one, "looks back, alone"),
        (other, "other head, alone"),
        (-both, "negative is a loss"),
        (9, "list of both"),
    ]:
        check_two_heads(answer)
        assert hint in capsys.readouterr().out
