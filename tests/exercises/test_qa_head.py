import math

import pytest

from companion.exercises import (
    check_no_answer,
    check_spans,
    check_three_tokens,
    check_untrained_loss,
    qa_head,
)


@pytest.mark.parametrize(
    ("check", "wrong", "hint"),
    [
        (check_three_tokens, 0.3, "end before it starts"),
        (check_three_tokens, 0.6, "start alone"),
        (check_three_tokens, 0.06, "second token alone"),
        (check_three_tokens, 0.12, "third token alone"),
        (check_three_tokens, 1, "at or after it"),
        (check_spans, 10_000, "every pair"),
        (check_spans, 5_050, "upper triangle"),
        (check_spans, 1_500, "start at the last token"),
        (check_spans, 1_380, "starts one span, not none"),
        (check_spans, 7, "at the first token"),
        (check_no_answer, -1, "token 0"),
        (check_untrained_loss, 0.01, "what is its -ln"),
        (check_untrained_loss, 2 * math.log(100), "averaged, not added"),
        (check_untrained_loss, 2.0, "natural logarithm"),
        (check_untrained_loss, math.log2(100), "natural logarithm"),
        (check_untrained_loss, -math.log(100), "the sign"),
        (check_untrained_loss, 77, "how large is each"),
    ],
)
def test_a_wrong_answer_gets_its_hint(check, wrong, hint, capsys):
    check(wrong)
    assert hint in capsys.readouterr().out.lower()


@pytest.mark.parametrize(
    ("check", "answer"),
    [
        (check_three_tokens, 0.24),
        (check_spans, sum(min(15, 100 - i) for i in range(100))),
        (check_untrained_loss, math.log(100)),
    ],
)
def test_a_right_answer_is_right(check, answer, capsys):
    check(answer)
    assert capsys.readouterr().out == "right\n"


def test_the_score_of_no_answer(capsys):
    start, end = qa_head._cls("Who painted the ceiling?")
    for answer, hint in [
        (start * end, "right"),
        (start, "as the start"),
        (end, "as the end"),
        (start + end, "not a sum"),
        (1 - start * end, "all the rest"),
    ]:
        check_no_answer(answer)
        assert hint in capsys.readouterr().out
