import pytest

from companion.exercises import check_f1, check_gpu_steps, check_labels, check_rate
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
        (check_f1, 0.75, "harmonic"),
        (check_f1, 0, "exact match"),
        (check_f1, 7, "twice the shared words"),
        (check_gpu_steps, 5_500, "one gpu"),
        (check_gpu_steps, 344, "one epoch"),
        (check_gpu_steps, 687.5, "round up"),
        (check_gpu_steps, 5_504, "together"),
        (check_gpu_steps, 7, "in two epochs"),
        (check_rate, 0.5, "share of the peak"),
        (check_rate, 1.2e-4, "that is the peak"),
        (check_rate, 1.2e-4 * 0.53, "on its way down"),
        (check_rate, 1.2e-4 * 0.47, "after the warm-up"),
        (check_rate, 7, "in a line"),
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
        (check_gpu_steps, 688),
        (check_rate, 6e-5),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


@pytest.mark.parametrize("check", [check_labels, check_f1, check_gpu_steps, check_rate])
def test_three_dots_are_no_answer_yet(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"
