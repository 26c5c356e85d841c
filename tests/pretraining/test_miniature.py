import math

import pytest
import torch

from companion.pretraining import miniature
from companion.pretraining.masking import MASKED, NOT_ASKED


def test_the_text_says_the_same_of_a_person_in_each_sentence():
    words = miniature.miniature_text(rounds=2, seed=1)
    sentences = " ".join(words).replace(" . ", " .\n").splitlines()
    assert len(sentences) == 2 * 48
    homes = {
        (name, city)
        for sentence in sentences
        for name in miniature.NAMES
        for city in miniature.CITIES
        if name in sentence.split() and city in sentence.split()
    }
    assert len(homes) == len(miniature.NAMES)


def test_the_vocabulary_has_each_word_once_after_the_special_ones():
    vocabulary, ids = miniature.numbered(["b", "a", "b"])
    assert vocabulary == [*miniature.SPECIAL, "a", "b"]
    assert ids.tolist() == [5, 4, 5]


@pytest.mark.parametrize(
    ("ids", "entropy"),
    [([4, 4, 4], 0.0), ([4, 5], math.log(2)), ([4, 4, 5, 6], 1.5 * math.log(2))],
)
def test_the_entropy_is_that_of_the_shares(ids, entropy):
    assert miniature.word_entropy(torch.tensor(ids)) == pytest.approx(entropy)


def test_batches_are_pieces_of_the_text_with_words_hidden():
    _, ids = miniature.numbered(miniature.miniature_text(rounds=1))
    batch = next(miniature.hidden_pieces(ids, 4, 39, share=0.5))
    again = next(miniature.hidden_pieces(ids, 4, 39, share=0.5))
    assert torch.equal(batch.input_ids, again.input_ids)
    right = torch.where(batch.labels == NOT_ASKED, batch.input_ids, batch.labels)
    text = ids.tolist()
    for row in right.tolist():
        assert row[0] == miniature.CLS
        assert row[-1] == miniature.SEP
        starts = range(len(text) - miniature.LENGTH)
        assert any(text[i : i + miniature.LENGTH] == row[1:-1] for i in starts)
    assert (batch.input_ids[batch.fate == MASKED] == miniature.MASK).all()


def test_training_lowers_the_loss_and_repeats_itself():
    vocabulary, ids = miniature.numbered(miniature.miniature_text(rounds=1))

    def losses():
        batches = miniature.hidden_pieces(ids, 8, len(vocabulary))
        bert = miniature.tiny_guesser(len(vocabulary))
        return miniature.train_miniature(bert, batches, steps=30)

    first = losses()
    assert first[0] == pytest.approx(math.log(len(vocabulary)), abs=0.4)
    assert sum(first[-5:]) < sum(first[:5])
    assert losses() == first


def test_the_rest_ends_where_the_mean_is_a_tenth_below():
    losses = [3.0] * 30 + [2.0] * 40
    assert miniature.end_of_rest(losses, entropy=3.0) == 37
    assert miniature.end_of_rest([3.0] * 50, entropy=3.0) is None
