from collections import Counter

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from companion import running
from companion.tokens import learn_pieces, split_words

# How often each word occurs; no two pairs of the first four steps tie.
WORDS = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}


def test_the_most_frequent_pair_is_joined_first():
    assert learn_pieces(WORDS, 4) == [
        ("##u", "##g", 20),
        ("##u", "##n", 16),
        ("h", "##ug", 15),
        ("p", "##un", 12),
    ]


def test_the_pieces_are_those_that_the_library_learns():
    plain = {letter for word in WORDS for letter in word}
    hashed = {letter for word in WORDS for letter in word[1:]}
    theirs = Tokenizer(models.WordPiece())
    theirs.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordPieceTrainer(
        vocab_size=len(plain) + len(hashed) + 4, show_progress=False
    )
    theirs.train_from_iterator([f"{w} " * n for w, n in WORDS.items()], trainer)
    longer = {p for p in theirs.get_vocab() if len(p.removeprefix("##")) > 1}
    assert longer == {a + b.removeprefix("##") for a, b, _ in learn_pieces(WORDS, 4)}


@pytest.mark.parametrize("words", [{"aaaa": 1}, {"abab": 2}, {"a": 3}, {}])
def test_it_ends_when_all_words_are_whole(words):
    learned = learn_pieces(words, 100)
    whole = {left + right.removeprefix("##") for left, right, _ in learned}
    assert all(word in whole or len(word) == 1 for word in words)
    assert len(learned) < 100


def test_the_museum_is_learned_letter_by_letter(embedded):
    texts = [running.PARAGRAPH, *running.QUESTIONS]
    words = Counter(w.text for text in texts for w in split_words(text, embedded[0]))
    joined = [a + b.removeprefix("##") for a, b, _ in learn_pieces(words, 15)]
    assert joined[:3] == ["##he", "##er", "the"]
    assert joined[-5:] == ["mu", "mus", "muse", "museu", "museum"]
