import pytest

from companion.exercises import (
    check_longest_word,
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
        (check_longest_word, 4),
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
        (check_pieces, "muse", "A list was asked for"),
        (check_types, [0] * 3 + [1] * 4, "have types as well"),
        (check_types, [0] * 4 + [1] * 6, "still belongs to the question"),
        (check_types, [], "Write the ten tokens down"),
        (check_padded, 21, "What is left"),
        (check_padded, 30, "whole table"),
        (check_longest_word, 3, "counts too"),
        (check_longest_word, 100, "longest run"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out
