import pytest

from companion.exercises import (
    architecture,
    check_layer,
    check_longer_span,
    check_order,
    check_word_table,
)


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_word_table, 30_522 + 768, "rows times columns"),
        (check_word_table, 28_996 * 768, "cased vocabulary"),
        (check_word_table, 1, "Rows times columns"),
        (check_layer, 12_582_912, "a Linear has a bias"),
        (check_layer, 12_592_128, "two LayerNorms are missing"),
        (check_layer, 24 * 12_596_224, "all 24 layers"),
        (check_layer, -1, "three lines for a layer"),
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
    starts, ends, first, last = architecture._who()
    for answer, hint in [
        (starts[first] * ends[last], "right"),
        (starts[first], "only the start's"),
        (ends[last], "only the end's"),
        (starts[first] + ends[last], "not the sum"),
        (0.0002493, "right"),  # as the page prints it
    ]:
        check_longer_span(answer)
        assert hint in capsys.readouterr().out
