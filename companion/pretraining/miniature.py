"""Pretraining in seconds: a language of few words, and a tiny BERT that reads it.

Its texts say of sixteen people where they live and what they like, in three kinds of
sentences. A piece of the text begins anywhere, so that a word's place in it says
nothing; only the words around it do. Chapter 8.
"""

import math
import random
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM

from companion.pretraining.loop import masked_word_loss
from companion.pretraining.masking import SHARE, Masked, hide
from companion.training.steps import LARGEST_GRADIENT, adamw, schedule

NAMES = [
    "Ada",
    "Ben",
    "Cora",
    "Dan",
    "Eva",
    "Finn",
    "Gail",
    "Hugo",
    "Ida",
    "Jon",
    "Kim",
    "Leo",
    "Mia",
    "Nora",
    "Ola",
    "Pia",
]
CITIES = ["Oslo", "Rome", "Paris", "Lima", "Bern", "Cairo", "Delhi", "Quito"]
FOODS = ["bread", "rice", "soup", "fish"]
KINDS = (
    "{name} lives in {city} and likes {food} .",
    "in {city} lives {name} , who likes {food} .",
    "{name} likes {food} and lives in {city} .",
)
SPECIAL = ["[PAD]", "[CLS]", "[SEP]", "[MASK]"]
CLS, SEP, MASK = 1, 2, 3
LENGTH = 16  # tokens in a piece, besides [CLS] and [SEP]


def miniature_text(rounds: int = 40, seed: int = 0) -> list[str]:
    """All 48 sentences in random order, `rounds` times, as one row of words."""
    rng = random.Random(seed)
    sentences = [
        kind.format(name=name, city=CITIES[i % 8], food=FOODS[(i + i // 8) % 4]).split()
        for i, name in enumerate(NAMES)
        for kind in KINDS
    ]
    words = []
    for _ in range(rounds):
        rng.shuffle(sentences)
        words += [word for sentence in sentences for word in sentence]
    return words


def numbered(words: list[str]) -> tuple[list[str], Tensor]:
    """The vocabulary, special tokens first, and the text as ids, (words,)."""
    vocabulary = SPECIAL + sorted(set(words))
    ids = {word: number for number, word in enumerate(vocabulary)}
    return vocabulary, torch.tensor([ids[word] for word in words])


def word_entropy(ids: Tensor) -> float:
    """The loss, in nats, of guessing by word frequencies alone: their entropy."""
    shares = ids.bincount().double() / len(ids)  # (V,)
    return float(-(shares * shares.clamp(min=1e-300).log()).sum())


def hidden_pieces(
    ids: Tensor, size: int, words: int, share: float = SHARE, seed: int = 0
) -> Iterator[Masked]:
    """Batches of pieces that begin anywhere in the text, with words hidden; endless.

    Args:
        ids: (words,), the text.
        size: pieces in a batch.
        words: in the vocabulary.
        share: of the words that are hidden.
    Yields:
        What `hide` returns, (size, LENGTH + 2) each.
    """
    generator = torch.Generator().manual_seed(seed)
    first, last = (torch.full((size, 1), token) for token in (CLS, SEP))
    while True:
        starts = torch.randint(len(ids) - LENGTH, (size, 1), generator=generator)
        pieces = ids[starts + torch.arange(LENGTH)]  # (size, LENGTH)
        pieces = torch.cat([first, pieces, last], dim=1)
        yield hide(pieces, pieces > MASK, MASK, words, share, generator)


def tiny_guesser(words: int, seed: int = 0, spread: float = 0.1) -> BertForMaskedLM:
    """A BERT of two layers with random weights, in double precision.

    Args:
        words: in the vocabulary.
        spread: the standard deviation of the weights.
    """
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=words, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, max_position_embeddings=LENGTH + 2,
        hidden_dropout_prob=0, attention_probs_dropout_prob=0, initializer_range=spread,
    )  # fmt: skip
    return BertForMaskedLM(config).double()


def train_miniature(
    model: BertForMaskedLM,
    batches: Iterator[Masked],
    steps: int,
    rate: float = 6e-3,
    warm: bool = True,
) -> list[float]:
    """Train `model`; return the loss of each step.

    Args:
        rate: the learning rate at its peak.
        warm: let the rate rise at first, then fall; otherwise it stays as it is.
    """
    optimizer, losses = adamw(model, rate), []
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate * (schedule(step, steps) if warm else 1)
        masked = next(batches)
        loss = masked_word_loss(model(masked.input_ids).logits, masked.labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses


def end_of_rest(losses: list[float], entropy: float, reach: int = 20) -> int | None:
    """The step from which the loss is clearly below the entropy of word frequencies.

    Args:
        entropy: from `word_entropy`, in nats.
        reach: steps of which the mean must be a tenth below it.
    Returns:
        None if it never is.
    """
    for step in range(reach, len(losses) + 1):
        if math.fsum(losses[step - reach : step]) / reach < 0.9 * entropy:
            return step
    return None
