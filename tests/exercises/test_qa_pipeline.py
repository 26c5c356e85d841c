import math

import pytest

from companion import measured
from companion.exercises import (
    check_speaker,
    check_threshold,
    check_widening,
    check_windows,
)
from companion.qa_pipeline.windows import cut


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_windows, 3, "without overlap"),
        (check_windows, 4, "three special ones"),
        (check_windows, 6, "one too many"),
        (check_windows, 70, "one window's start to the next"),
        (check_speaker, 2, "9 tokens after"),
        (check_speaker, 1, "ends at token 79"),
        (check_speaker, 4, "count from 0"),
        (check_speaker, 9, "30 tokens apart"),
        (check_widening, 16, "end before they start"),
        (check_widening, 4, "single pieces"),
        (check_widening, 6, "a single piece is a span too"),
        (check_widening, 1, "some of its pieces"),
        (check_widening, 99, "with which pieces"),
        (check_threshold, -1, "upper bins"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out.lower()


def test_right_answers_are_right(capsys):
    windows = cut(200, room=50, stride=20)
    check_windows(1 + math.ceil((1100 - 368) / (368 - 128)))
    check_speaker(
        next(i for i, w in enumerate(windows) if w.keep_from <= 100 < w.keep_to)
    )
    check_widening(sum(i <= j for i in range(4) for j in range(4)))
    assert capsys.readouterr().out == "right\n" * 3


def test_the_known_wrong_numbers_of_windows_are_what_their_hints_say():
    assert math.ceil(1100 / 368) == 3
    assert len(cut(1100, room=384, stride=128)) == 4


def test_the_share_of_right_answers_above_a_half(capsys):
    bins = measured.results("calibration")["best_answer"]
    upper, everything = bins[5:], sum(b["questions"] for b in bins)
    shown, right = (sum(b[k] for b in upper) for k in ("questions", "right"))
    for answer, hint in [
        (right / shown, "right\n"),
        (shown / everything, "not how many are right"),
        (right / everything, "not by all"),
        (sum(b["right"] / b["questions"] for b in upper) / 5, "more questions"),
        (100 * right / shown, "between 0 and 1"),
        (sum(b["right"] for b in bins) / everything, "in all bins"),
    ]:
        check_threshold(answer)
        assert hint in capsys.readouterr().out
