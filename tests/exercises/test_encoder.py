import pytest

from companion.exercises import (
    check_alone,
    check_break_even,
    check_gelu,
    check_one_linear,
)


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_gelu, 0.158655, "that is the share"),
        (check_gelu, 0.841345, "GELU at 1"),
        (check_gelu, -0.841345, "share below 1"),
        (check_gelu, 0, "ReLU"),
        (check_gelu, 5, "x times the share"),
        (check_one_linear, 147_456, "a bias too"),
        (check_one_linear, 589_824, "nothing has I any more"),
        (check_one_linear, 1_181_568, "one does their work"),
        (check_one_linear, 1, "384 to 384"),
        (check_break_even, 3072, "twice T times H"),
        (check_break_even, 2304, "square matrices"),
        (check_break_even, 384, "2 H of a token"),
        (check_break_even, 512, "is beyond it"),
        (check_break_even, 7, "solve for T"),
        (check_alone, True, "look at another token"),
        (check_alone, "no", "True or False"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint.lower() in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_gelu, -0.158655),
        (check_one_linear, 147_840),
        (check_break_even, 1536),
        (check_alone, False),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"
