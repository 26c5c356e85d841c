"""From texts to batches: nothing is lost, nothing is mixed, each time the same."""

import itertools

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from companion.pretraining.heads import FOLLOWS, RANDOM
from companion.pretraining.masking import NOT_ASKED
from companion.pretraining.recipe import PretrainingRecipe
from companion.pretraining.texts import (
    Piece,
    hidden,
    hidden_batches,
    padded,
    pairs_of,
    pieces_of,
)

SOME = examples(100)
PEOPLE = ["ada", "ben", "cleo", "dora", "sing", "sea", "zoe", "?"]


def ids_of(tokenizer, text):
    return tokenizer(text, add_special_tokens=False)["input_ids"]


@given(
    st.lists(st.lists(st.sampled_from(PEOPLE), max_size=60), min_size=1, max_size=6),
    st.integers(8, 40),
)
@SOME
def test_pieces_hold_all_of_each_text_in_order(tokenizer, words, length):
    texts = [" ".join(text) for text in words]
    pieces = iter(pieces_of(texts, tokenizer, length))
    for text in texts:
        wanted, found = ids_of(tokenizer, text), []
        lengths = []
        while len(found) < len(wanted):  # so a piece is never of two texts
            piece = next(pieces)
            assert piece.second == []
            found += piece.first
            lengths.append(len(piece))
        assert found == wanted
        if lengths:
            assert max(lengths) <= length
            assert max(lengths) - min(lengths) <= 1
            assert len(lengths) == -(-len(wanted) // (length - 2))
    assert next(pieces, None) is None


def test_texts_without_a_token_have_no_piece(tokenizer):
    assert pieces_of(["", "\u200b", " "], tokenizer, 16) == []
    [piece] = pieces_of(["", "who ?", " "], tokenizer, 16)
    assert piece.first == ids_of(tokenizer, "who ?")


def many_pieces(count=2000):
    """Each has ids that no other has."""
    ids = itertools.count()
    return [Piece(list(itertools.islice(ids, 6 + n % 7)), []) for n in range(count)]


def test_half_of_the_pairs_belong_together_and_say_so():
    pieces = many_pieces()
    pairs = pairs_of(pieces, seed=0)
    assert len(pairs) == len(pieces)
    owner = {number: n for n, piece in enumerate(pieces) for number in piece.first}
    for n, (piece, pair) in enumerate(zip(pieces, pairs, strict=True)):
        middle = len(piece.first) // 2
        assert pair.first == piece.first[:middle]
        if pair.relation == FOLLOWS:
            assert pair.second == piece.first[middle:-1]
        else:
            assert pair.relation == RANDOM
            [other] = {owner[number] for number in pair.second}
            assert other != n
            whole = pieces[other].first
            assert pair.second == whole[len(whole) // 2 : -1]
    assert (FOLLOWS, RANDOM) == (0, 1)
    random = sum(pair.relation for pair in pairs)
    assert abs(random - 1000) < 5 * (2000 / 4) ** 0.5
    assert max(map(len, pairs)) <= max(map(len, pieces))  # with one [SEP] more


def test_pairs_are_the_same_with_the_same_seed():
    def made(seed):
        pairs = pairs_of(many_pieces(50), seed)
        return [(pair.first, pair.second, pair.relation) for pair in pairs]

    once = made(3)
    assert made(3) == once
    assert made(4) != once


def test_one_text_cannot_be_paired():
    short = [Piece([1, 2], []), Piece([1], [])]  # no id is left for a second half
    with pytest.raises(ValueError, match="needs two texts of three tokens"):
        pairs_of([*short, Piece([1, 2, 3, 4], [])], 0)
    assert len(pairs_of([*short, Piece([1, 2, 3], []), Piece([4, 5, 6], [])], 0)) == 2


def test_a_piece_is_read_with_its_special_tokens(tokenizer):
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    generator = torch.Generator().manual_seed(0)
    alone = hidden(Piece([7, 8], []), tokenizer, 0, generator)
    assert alone.input_ids.tolist() == [cls, 7, 8, sep]
    assert alone.token_type_ids.tolist() == [0] * 4
    pair = hidden(Piece([7, 8], [9], RANDOM), tokenizer, 1, generator)
    assert pair.token_type_ids.tolist() == [0] * 4 + [1] * 2
    assert pair.labels.tolist() == [NOT_ASKED, 7, 8, NOT_ASKED, 9, NOT_ASKED]
    assert pair.input_ids[[0, 3, 5]].tolist() == [cls, sep, sep]
    assert (pair.relation, pair.hidden, len(pair)) == (RANDOM, 3, 6)
    assert len(Piece([7, 8], [])) == len(alone)
    assert len(Piece([7, 8], [9])) == len(pair)


def test_padding_is_neither_read_nor_asked(tokenizer):
    generator = torch.Generator().manual_seed(0)
    parts = [Piece([7, 8, 9], [10]), Piece([7], [])]
    batch = [hidden(part, tokenizer, 1, generator) for part in parts]
    inputs = padded(batch)
    assert {name: tuple(t.shape) for name, t in inputs.items()} == {
        "input_ids": (2, 7),
        "token_type_ids": (2, 7),
        "attention_mask": (2, 7),
        "labels": (2, 7),
        "relations": (2,),
    }
    assert inputs["attention_mask"].tolist() == [[1] * 7, [1] * 3 + [0] * 4]
    for row, piece in enumerate(batch):
        end = len(piece)
        assert torch.equal(inputs["input_ids"][row, :end], piece.input_ids)
        assert torch.equal(inputs["labels"][row, :end], piece.labels)
        assert (inputs["labels"][row, end:] == NOT_ASKED).all()
        assert not inputs["input_ids"][row, end:].any()
    assert padded(batch, 9)["labels"].shape == (2, 9)


def seen(batches):
    """What makes a batch: all its numbers."""
    return [
        [(p.input_ids.tolist(), p.labels.tolist(), p.relation) for p in batch]
        for batch in batches
    ]


def test_two_calls_meet_the_same_batches_and_each_piece_once_per_epoch(
    tokenizer, texts
):
    pieces = pieces_of(texts, tokenizer, 16)
    recipe = PretrainingRecipe(epochs=3, seed=5, hide=0.4)
    whole = seen(hidden_batches(pieces, tokenizer, recipe, 4))
    steps = -(-len(pieces) // 4)
    assert len(whole) == 3 * steps
    # A run that was killed skips what is done: what follows is the same.
    rest = itertools.islice(hidden_batches(pieces, tokenizer, recipe, 4), 5, None)
    assert seen(rest) == whole[5:]
    texts_read = []
    for epoch in range(3):
        batches = whole[epoch * steps : (epoch + 1) * steps]
        texts_read.append(sorted(
            [x if label == NOT_ASKED else label
             for x, label in zip(ids, labels, strict=True)][1:-1]
            for batch in batches for ids, labels, _ in batch
        ))  # fmt: skip
    assert texts_read == [sorted(piece.first for piece in pieces)] * 3


def test_each_epoch_and_each_seed_hides_other_tokens(tokenizer, texts):
    pieces = pieces_of(texts, tokenizer, 16)

    def places(seed):
        recipe = PretrainingRecipe(epochs=2, seed=seed, hide=0.5)
        batches = seen(hidden_batches(pieces, tokenizer, recipe, len(pieces)))
        return [sorted(labels for _, labels, _ in batch) for batch in batches]

    first, second = places(0)
    assert first != second
    assert places(1)[0] not in (first, second)


def test_the_largest_seed_that_a_recipe_takes_can_be_used(tokenizer, texts):
    pieces = pieces_of(texts, tokenizer, 16)
    recipe = PretrainingRecipe(epochs=1, seed=2**63 - 1_000_000)
    recipe.check()
    assert list(hidden_batches(pieces, tokenizer, recipe, 4))
