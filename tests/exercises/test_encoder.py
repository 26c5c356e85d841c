import pytest

from companion.exercises import (
    check_alone,
    check_gelu,
    check_hidden_layer,
)


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_gelu, 0.158655, "that is the share"),
        (check_gelu, 0.841345, "GELU at 1"),
        (check_gelu, -0.841345, "share below 1"),
        (check_gelu, 0, "ReLU"),
        (check_gelu, 5, "x times the share"),
        (check_hidden_layer, 6, "counted from 0"),
        (check_hidden_layer, 0, "where is it lowest"),
        (check_hidden_layer, 4, "None to all others"),
        (check_alone, True, "look at another token"),
        (check_alone, "maybe", "True or False"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint.lower() in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_gelu, -0.158655),
        (check_hidden_layer, 1),
        (check_alone, False),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"
