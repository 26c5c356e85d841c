import pytest

from companion.exercises import check_band, check_f1, check_labels
from companion.fine_tuning.metrics import f1


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_labels, [10, 13], "not the one after"),
        (check_labels, [6, 8], "count from [cls]"),
        (check_labels, [19, 28], "characters"),
        (check_labels, [19, 29], "characters"),
        (check_labels, [0, 0], "without the answer"),
        (check_labels, [10, 10], "where does it end"),
        (check_labels, [1, 2], "print the tokens"),
        (check_labels, "a text", "a list was asked for"),
        (check_f1, 4 / 7, "articles do not count"),
        (check_f1, 1, "one of two parts"),
        (check_f1, 0.5, "reference's words"),
        (check_f1, 0.75, "plain mean"),
        (check_f1, 0, "exact match"),
        (check_f1, 7, "twice the shared words"),
        (check_band, 2, "one standard error"),
        (check_band, 0.04, "in points"),
        (check_band, 0.02, "and as a share"),
        (check_band, 8, "whole band"),
        (check_band, 7, "the root of"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_labels, [10, 12]),
        (check_labels, (10, 12)),
        (check_f1, f1("a small museum", ["small museum of maps"])),
        (check_band, 100 * 2 * (0.6 * 0.4 / 600) ** 0.5),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize("check", [check_band, check_f1, check_labels])
def test_three_dots_are_no_answer_yet(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"
