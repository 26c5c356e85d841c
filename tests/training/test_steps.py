"""The learning rate, the optimizer, and the order in which examples come."""

import copy
import itertools

import torch
from hypothesis import given
from hypothesis import strategies as st

from companion import training
from companion.training.steps import WEIGHT_DECAY, batches, epochs, set_dropout


def test_the_learning_rate_rises_and_falls():
    rates = [training.schedule(step, 100) for step in range(100)]
    assert rates[5] == max(rates) == 1
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert 0 < rates[-1] < 0.02


def test_what_decays_are_matrices_and_what_is_frozen_is_left_out():
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LayerNorm(3))
    model[0].bias.requires_grad_(False)
    groups = training.adamw(model, 0.1).param_groups
    found = {g["weight_decay"]: [tuple(p.shape) for p in g["params"]] for g in groups}
    assert found == {WEIGHT_DECAY: [(3, 2)], 0.0: [(3,), (3,)]}


def test_dropout_is_set_wherever_the_library_drops_and_the_configuration_stays(
    embedded,
):
    model = copy.deepcopy(embedded[1])
    before = model.config.hidden_dropout_prob
    set_dropout(model, 0.25)
    shares = {m.p for m in model.modules() if isinstance(m, torch.nn.Dropout)}
    assert shares == {0.25} != {before}
    assert model.config.hidden_dropout_prob == before


TEXTS = st.lists(st.text("ab", max_size=9), min_size=1, max_size=30)


@given(TEXTS, st.integers(1, 9))
def test_a_batch_has_items_of_similar_length(texts, size):
    made = list(batches(texts, size))
    lengths = [len(text) for batch in made for text in batch]
    assert lengths == sorted(map(len, texts))
    assert [len(batch) for batch in made[:-1]] == [size] * (len(made) - 1)


@given(TEXTS, st.integers(1, 9), st.integers(1, 3), st.integers(0, 99))
def test_each_item_comes_once_in_an_epoch_and_each_time_the_same(
    texts, size, count, seed
):
    made = list(epochs(texts, count, size, seed))
    steps = -(-len(texts) // size)
    assert len(made) == count * steps
    for epoch in range(count):
        part = made[epoch * steps : (epoch + 1) * steps]
        assert sorted(itertools.chain(*part)) == sorted(texts)
    assert list(epochs(texts, count, size, seed)) == made


def test_no_two_epochs_have_the_same_order():
    first, second = (list(epochs(range_of(20), 2, 1, 0))[part] for part in
                     (slice(20), slice(20, 40)))  # fmt: skip
    assert first != second


def range_of(count):
    return [str(number) for number in range(count)]
