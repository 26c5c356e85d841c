import pytest

from companion.exercises import (
    check_layer_norm,
    check_one_hot,
    check_swap,
    check_tables,
)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_tables, 11_331_840),
        (check_layer_norm, -1.3416),
        (check_one_hot, 28_995),
        (check_swap, False),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_tables, 29_510, "Those are the rows"),
        (check_tables, 11_134_464, "there are two more"),
        (check_tables, 2, "Add the rows"),
        (check_layer_norm, -0.6, "square root"),
        (check_layer_norm, -3 / (20 / 3) ** 0.5, "not by 3"),
        (check_layer_norm, 100, "The mean is 4"),
        (check_one_hot, 11_134_464, "all 384"),
        (check_one_hot, 384, "copied"),
        (check_one_hot, 289_950, "ten tokens"),
        (check_one_hot, 1, "by 1"),
        (check_one_hot, 7, "one column"),
        (check_swap, True, "position ids stay"),
        (check_swap, "maybe", "True or False"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out
