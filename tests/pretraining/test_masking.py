"""What is hidden: its share, the three fates, and that nothing else is touched."""

import math

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion.pretraining import hide, may_hide
from companion.pretraining.masking import KEPT, MASKED, NOT_ASKED, SHARE, SWAPPED

MASK, V = 4, 1000
SOME = examples(100)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def assert_share(count, of, probability):
    """`count` is within five standard deviations of what a fair lot draws."""
    deviation = math.sqrt(of * probability * (1 - probability))
    assert abs(count - of * probability) <= 5 * deviation, count / of


@st.composite
def inputs(draw):
    """Ids, which of them may be hidden, a share, a seed."""
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 40)))
    numbers = seeded(draw(st.integers(0, 2**31)))
    dtype = draw(st.sampled_from([torch.int32, torch.int64]))
    ids = torch.randint(V, shape, generator=numbers, dtype=dtype)
    allowed = torch.rand(shape, generator=numbers) < draw(st.sampled_from([0, 0.5, 1]))
    return ids, allowed, draw(st.floats(0, 1)), draw(st.integers(0, 2**31))


@given(inputs())
@SOME
def test_what_is_read_and_asked_follows_from_the_fate(case):
    ids, allowed, share, seed = case
    before = ids.clone()
    read, labels, fate = hide(ids, allowed, MASK, V, share, seeded(seed))
    assert torch.equal(ids, before)
    assert read.shape == labels.shape == fate.shape == ids.shape
    assert read.dtype == labels.dtype == ids.dtype
    assert not fate[~allowed].any()
    assert torch.equal(labels, torch.where(fate > 0, ids, NOT_ASKED))
    same = (fate == 0) | (fate == KEPT)
    assert torch.equal(read[same], ids[same])
    assert (read[fate == MASKED] == MASK).all()
    swapped = read[fate == SWAPPED]
    assert ((swapped >= 0) & (swapped < V)).all()


@given(inputs())
@SOME
def test_the_same_seed_hides_the_same(case):
    ids, allowed, share, seed = case
    once, again = (hide(ids, allowed, MASK, V, share, seeded(seed)) for _ in "ab")
    assert all(map(torch.equal, once, again))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        by_torch = hide(ids, allowed, MASK, V, share)
    assert all(map(torch.equal, once, by_torch))


def test_another_seed_hides_other_tokens():
    ids, allowed = torch.full((1, 500), 7), torch.ones(1, 500, dtype=torch.bool)
    first, second = (hide(ids, allowed, MASK, V, 0.5, seeded(s)).fate for s in (1, 2))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("share", [SHARE, 0.4, 1.0])
def test_a_share_is_hidden_and_of_that_80_10_and_10_percent(share):
    ids = torch.full((400, 500), 7)
    allowed = torch.rand(ids.shape, generator=seeded(1)) < 0.8
    read, _, fate = hide(ids, allowed, MASK, V, share, seeded(2))
    of, hidden = int(allowed.sum()), int((fate > 0).sum())
    assert_share(hidden, of, share)
    for number, part in ((MASKED, 0.8), (SWAPPED, 0.1), (KEPT, 0.1)):
        assert_share(int((fate == number).sum()), hidden, part)
    drawn = read[fate == SWAPPED].bincount(minlength=V)
    assert len(drawn) == V
    # Each piece comes equally often: chi-squared has the mean V - 1.
    mean = drawn.sum() / V
    assert abs(((drawn - mean) ** 2 / mean).sum() - V) < 5 * math.sqrt(2 * V)


def test_nothing_tells_which_tokens_are_hidden():
    """Not their neighbours, their row, their column, nor what they are."""
    ids = torch.randint(V, (1000, 200), generator=seeded(3))
    fate = hide(ids, torch.ones_like(ids).bool(), MASK, V, 0.3, seeded(4)).fate
    hidden = (fate > 0).double()
    bound = 5 / math.sqrt(ids.numel())
    for one, other in (
        (hidden[:, 1:], hidden[:, :-1]),
        (hidden[1:], hidden[:-1]),
        (hidden, ids % 2),
        (hidden, torch.arange(200.0).expand(1000, 200)),
    ):
        both = torch.stack([one.flatten(), other.flatten().double()])
        assert abs(torch.corrcoef(both)[0, 1]) < bound


def test_a_share_of_0_hides_nothing_and_of_1_everything_that_may_be():
    ids, allowed = torch.full((2, 50), 7), torch.arange(50) % 3 > 0
    allowed = allowed.expand(2, 50)
    for share, hidden in ((0, torch.zeros_like(allowed)), (1, allowed)):
        masked = hide(ids, allowed, MASK, V, share)
        assert torch.equal(masked.labels != NOT_ASKED, hidden)
        assert torch.equal(masked.fate > 0, hidden)


def test_special_tokens_and_padding_are_never_hidden(tokenizer):
    encoded = tokenizer(
        ["my name is ada .", "who ?"], ["i sing", "zog"],
        padding=True, return_tensors="pt",
    )  # fmt: skip
    ids = encoded["input_ids"]
    allowed = may_hide(tokenizer, ids)
    special = [tokenizer.convert_ids_to_tokens(row) for row in ids.tolist()]
    assert allowed.tolist() == [[t[0] != "[" for t in row] for row in special]
    assert {"[CLS]", "[SEP]", "[PAD]"} <= {t for row in special for t in row}
    masked = hide(ids, allowed, tokenizer.mask_token_id, len(tokenizer), 1)
    assert torch.equal(masked.fate > 0, allowed)
    assert torch.equal(may_hide(tokenizer, ids.int()), allowed)


IDS, ALLOWED = torch.zeros(1, 3, dtype=torch.int64), torch.ones(1, 3, dtype=torch.bool)


@pytest.mark.parametrize(
    ("ids", "allowed", "share", "message"),
    [
        (IDS, ALLOWED, 1.5, "share must be from 0 to 1, not 1.5"),
        (IDS, ALLOWED, -0.1, "share must be from 0 to 1, not -0.1"),
        (IDS, ALLOWED, float("nan"), "share must be from 0 to 1, not nan"),
        (IDS, ALLOWED[:, :2], 0.5, r"may_hide must be bool of shape \(1, 3\), not"),
        (IDS, ALLOWED.long(), 0.5, r"may_hide must be bool .*, not torch\.int64"),
        (IDS + V, ALLOWED, 0.5, r"input_ids\[0, 0\] is 1000, wanted 0 to 999"),
        (IDS[0], ALLOWED[0], 0.5, r"input_ids must have the shape \(B, T\)"),
        (IDS.float(), ALLOWED, 0.5, "input_ids must hold int32 or int64"),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(ids, allowed, share, message):
    with pytest.raises((TypeError, ValueError), match=message):
        hide(ids, allowed, MASK, V, share)
