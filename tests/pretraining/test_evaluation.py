"""The figures of guessing: counted by hand, and in whatever order."""

import numpy
import pytest
import torch

from companion.pretraining import evaluation
from companion.pretraining.evaluation import (
    COLUMNS,
    ask_hidden,
    guess_figures,
    guess_line,
)
from companion.pretraining.masking import NOT_ASKED
from companion.pretraining.texts import hidden, pieces_of


def by_hand(tokenizer, model, texts, length, seed=0):
    """A row of COLUMNS per text, from the library's own model, token by token."""
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for text in texts:
        row = [0, 0.0, 0, 0]
        for piece in pieces_of([text], tokenizer, length):
            ready = hidden(piece, tokenizer, 0.15, generator)
            with torch.inference_mode():
                [logits] = model(
                    ready.input_ids[None], token_type_ids=ready.token_type_ids[None]
                ).logits
            for right, numbers in zip(ready.labels.tolist(), logits, strict=True):
                if right != NOT_ASKED:
                    rank = int((numbers > numbers[right]).sum())
                    loss = float(-numbers.double().softmax(0)[right].log())
                    row = [row[0] + 1, row[1] + loss, row[2] + (rank == 0),
                           row[3] + (rank < 5)]  # fmt: skip
        rows.append(row)
    return numpy.array(rows)


@pytest.mark.parametrize("size", [1, 3, 32])
def test_each_text_has_its_own_sums(tokenizer, make, texts, monkeypatch, size):
    model = make(initializer_range=0.1).eval()
    with torch.no_grad():
        model.cls.predictions.bias[9:14] = 1  # it says "i", "sing", "by", "the", "sea"
    wanted = by_hand(tokenizer, model, texts * 3, 12)
    assert wanted[:, 0].min() == 0 < wanted[:, 2].sum() < wanted[:, 3].sum()
    monkeypatch.setattr(evaluation, "BATCH", size)
    rows = ask_hidden(tokenizer, model, texts * 3, length=12)
    numpy.testing.assert_allclose(rows, wanted, atol=1e-4)
    again = ask_hidden(tokenizer, model, texts * 3, length=12)
    assert numpy.array_equal(rows, again)


def test_the_seed_decides_what_is_hidden(tokenizer, make, texts):
    model = make().eval()
    wanted = by_hand(tokenizer, model, texts, 16, seed=1)
    rows = ask_hidden(tokenizer, model, texts, length=16, seed=1)
    numpy.testing.assert_allclose(rows, wanted, atol=1e-4)
    assert not numpy.array_equal(rows, ask_hidden(tokenizer, model, texts, length=16))


def test_a_model_in_training_mode_is_asked_without_dropout(tokenizer, make, texts):
    model = make(hidden_dropout_prob=0.5)
    quiet = ask_hidden(tokenizer, model.eval(), texts, length=16)
    assert numpy.array_equal(
        ask_hidden(tokenizer, model.train(), texts, length=16), quiet
    )


def test_a_text_without_a_token_counts_for_nothing(tokenizer, make, texts):
    model = make().eval()
    rows = ask_hidden(tokenizer, model, ["\u200b", *texts, ""], length=16)
    assert not rows[[0, -1]].any()
    assert numpy.array_equal(rows[1:-1], ask_hidden(tokenizer, model, texts, length=16))


ROWS = numpy.array([[4, 8.0, 1, 2], [0, 0.0, 0, 0], [6, 7.0, 2, 6], [10, 30.0, 2, 3]])


def test_the_means_are_over_all_hidden_tokens():
    figures = guess_figures(ROWS)
    assert (figures["texts"], figures["hidden"]) == (4, 20)
    assert [figures[name] for name in COLUMNS[1:]] == [2.25, 25.0, 55.0]
    shuffled = guess_figures(ROWS[[2, 0, 3, 1]])
    assert [shuffled[name] for name in COLUMNS[:]] == [20, 2.25, 25.0, 55.0]
    assert guess_figures(ROWS) == figures


def test_the_bounds_hold_95_of_100_draws_of_the_texts():
    rng = numpy.random.default_rng(1)
    rows = numpy.stack(
        [numpy.full(400, 10), rng.normal(20, 5, 400), *rng.binomial(10, 0.3, (2, 400))],
        axis=1,
    )
    figures = guess_figures(rows)
    for name in COLUMNS[1:]:
        low, high = figures[f"{name}_interval"]
        assert low < figures[name] < high
    # The standard error of a mean of 400 texts: 0.5 / 20 nats, 14.5 / 20 percent.
    low, high = figures["loss_interval"]
    assert high - low == pytest.approx(2 * 1.96 * 0.5 / 20, rel=0.15)
    low, high = figures["top_1_interval"]
    assert high - low == pytest.approx(2 * 1.96 * 14.5 / 20, rel=0.15)
    same = guess_figures(numpy.array([[2, 3.0, 1, 2]] * 9))
    assert same["loss_interval"] == [1.5, 1.5]
    assert same["top_5_interval"] == [100, 100]


def test_without_a_hidden_token_there_is_no_figure():
    with pytest.raises(ValueError, match="not 0 in 3 texts"):
        guess_figures(numpy.zeros((3, 4)))


def test_the_line_on_the_screen():
    figures = {"hidden": 12_345, "loss": 2.345, "loss_interval": [2.3, 2.4]}
    for name in ("top_1", "top_5"):
        figures |= {name: 38.126, f"{name}_interval": [37.0, 39.5]}
    assert guess_line(figures) == (
        "12,345 hidden tokens  loss 2.35 (2.30 to 2.40)  "
        "top-1 38.13 (37.00 to 39.50) %  top-5 38.13 (37.00 to 39.50) %"
    )
