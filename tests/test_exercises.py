import pytest

from companion import exercises
from companion.exercises import (
    check_layer,
    check_longer_span,
    check_order,
    check_word_table,
)

ALL = [check_layer, check_longer_span, check_order, check_word_table]


def test_every_check_is_tested_here():
    assert {c.__name__ for c in ALL} == {n for n in dir(exercises) if "check_" in n[:6]}


@pytest.mark.parametrize("check", ALL)
def test_three_dots_are_no_answer(check, capsys):
    check(...)
    assert capsys.readouterr().out == "not answered yet\n"


@pytest.mark.parametrize("check", ALL)
@pytest.mark.parametrize(
    "nonsense", [None, "a", [], object(), 1j, float("nan"), 10**400]
)
def test_a_check_never_raises(check, nonsense, capsys):
    check(nonsense)
    said = capsys.readouterr().out
    assert said not in ("", "right\n", "not answered yet\n")


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_word_table, 30_522 + 768, "rows times columns"),
        (check_word_table, 28_996 * 768, "cased vocabulary"),
        (check_word_table, 1, "Rows times columns"),
        (check_layer, 12_582_912, "a Linear has a bias"),
        (check_layer, 12_592_128, "two LayerNorms are missing"),
        (check_layer, 24 * 12_596_224, "all 24 layers"),
        (check_layer, -1, "two lines for a layer"),
        (check_order, True, "what does a token know"),
        (check_order, 0, "True or False"),
        (check_longer_span, 5, "starts at `name`"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint.lower() in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [(check_word_table, 23_440_896), (check_layer, 12_596_224), (check_order, False)],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


def test_the_score_of_a_longer_span(capsys):
    starts, ends, first, last = exercises._who()
    for answer, said in [
        (starts[first] * ends[last], "right"),
        (starts[first], "only the start's"),
        (ends[last], "only the end's"),
        (starts[first] + ends[last], "not the sum"),
    ]:
        check_longer_span(answer)
        assert said in capsys.readouterr().out
