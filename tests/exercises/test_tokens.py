import pytest

from companion.exercises import (
    check_first_pieces,
    check_padded,
    check_pieces,
    check_types,
)


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_pieces, ["muse", "##um", "##s"]),
        (check_types, [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]),
        (check_padded, 9),
        (check_first_pieces, ["ca", "cat", "##an"]),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_pieces, ["mu", "##se", "##um", "##s"], "longer than `mu`"),
        (check_pieces, ["muse", "um", "s"], "written with ##"),
        (check_pieces, 7, "A list was asked for"),
        (check_types, [0] * 3 + [1] * 4, "have types as well"),
        (check_types, [0] * 4 + [1] * 6, "still belongs to the question"),
        (check_types, [], "Write the ten tokens down"),
        (check_padded, 21, "What is left"),
        (check_padded, 30, "whole table"),
        (check_first_pieces, ["ca", "cat", "an"], "written with ##"),
        (check_first_pieces, ["ca", "##an", "cat"], "Count again"),
        (check_first_pieces, ["ca", "##at", "##an"], "no longer in"),
        (check_first_pieces, ["c", "##a", "##n"], "Join two"),
        (check_first_pieces, ["a"], "as often as the word occurs"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out
