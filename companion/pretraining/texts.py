"""From texts to what a model reads at once: pieces, with words hidden in them.

Words are hidden anew in each epoch, as RoBERTa does it; BERT stored each text with ten
different choices. Liu and others, *RoBERTa*, 2019, section 4.1.
"""

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.pretraining.heads import FOLLOWS, RANDOM
from companion.pretraining.masking import NOT_ASKED, hide, may_hide
from companion.pretraining.recipe import PretrainingRecipe
from companion.training.steps import epochs

SEED_STEP = 1_000_003  # between the seeds of two runs, so that no two steps share one


@dataclass(frozen=True, eq=False, slots=True)
class Piece:
    """Ids of a text, or of two; `relation` says if the second follows the first."""

    first: list[int]
    second: list[int]
    relation: int = FOLLOWS

    def __len__(self) -> int:
        return len(self.first) + len(self.second) + (3 if self.second else 2)


@dataclass(frozen=True, eq=False, slots=True)
class HiddenPiece:
    """A piece as the model reads it, and what it is to guess; (T,) each."""

    input_ids: Tensor
    token_type_ids: Tensor
    labels: Tensor
    relation: int

    def __len__(self) -> int:
        return len(self.input_ids)

    @property
    def hidden(self) -> int:
        """How many tokens are hidden."""
        return int((self.labels != NOT_ASKED).sum())


def pieces_of(texts: list[str], tokenizer: BertTokenizer, length: int) -> list[Piece]:
    """Cut each text into equal pieces of at most `length` tokens, the special included.

    No piece holds the end of one text and the beginning of another. A text without a
    token has none.
    """
    pieces = []
    every = tokenizer(texts, add_special_tokens=False, verbose=False)["input_ids"]
    for ids in every:
        count = math.ceil(len(ids) / (length - 2))
        bounds = [round(i * len(ids) / max(1, count)) for i in range(count + 1)]
        pieces += [Piece(ids[a:b], []) for a, b in itertools.pairwise(bounds)]
    return pieces


def pairs_of(pieces: list[Piece], seed: int) -> list[Piece]:
    """Cut each piece in two, and give half of them the second half of another.

    Raises:
        ValueError: if there are fewer than two pieces that can be cut.
    """
    halves = [(p.first[: len(p.first) // 2], p.first[len(p.first) // 2 : -1])
              for p in pieces]  # fmt: skip
    halves = [(a, b) for a, b in halves if a and b]
    if len(halves) < 2:
        raise ValueError("next-sentence prediction needs two texts of three tokens")
    rng, pairs = random.Random(seed), []
    for number, (first, second) in enumerate(halves):
        if rng.random() < 0.5:
            pairs.append(Piece(first, second))
        else:
            other = (number + rng.randrange(1, len(halves))) % len(halves)
            pairs.append(Piece(first, halves[other][1], RANDOM))
    return pairs


def hidden_batches(
    pieces: list[Piece], tokenizer: BertTokenizer, recipe: PretrainingRecipe, size: int
) -> Iterator[list[HiddenPiece]]:
    """All batches of a training; the same ones each time, in each process.

    Args:
        size: pieces in a batch.
    """
    order = epochs(pieces, recipe.epochs, size, recipe.seed)
    for step, batch in enumerate(order):
        seed = (recipe.seed * SEED_STEP + step) % 2**63  # as many as Torch takes
        generator = torch.Generator().manual_seed(seed)
        yield [hidden(piece, tokenizer, recipe.hide, generator) for piece in batch]


def hidden(
    piece: Piece, tokenizer: BertTokenizer, share: float, generator: torch.Generator
) -> HiddenPiece:
    """Put the special tokens around a piece, and hide a share of its own tokens."""
    cls, sep = tokenizer.cls_token_id, tokenizer.sep_token_id
    first, second = [cls, *piece.first, sep], [*piece.second, sep] * bool(piece.second)
    ids = torch.tensor([first + second])  # (1, T)
    masked = hide(
        ids, may_hide(tokenizer, ids), tokenizer.mask_token_id, len(tokenizer),
        share, generator,
    )  # fmt: skip
    types = torch.tensor([0] * len(first) + [1] * len(second))
    return HiddenPiece(masked.input_ids[0], types, masked.labels[0], piece.relation)


def padded(batch: list[HiddenPiece], longest: int | None = None) -> dict[str, Tensor]:
    """A batch as tensors, (B, T) each, padded with 0; `relations` is (B,).

    Args:
        longest: tokens to pad to, by default those of the longest piece.
    """
    longest = longest or max(map(len, batch))

    def rows(name: str, filler: int) -> Tensor:
        table = torch.full((len(batch), longest), filler)
        for row, piece in zip(table, batch, strict=True):
            row[: len(piece)] = getattr(piece, name)
        return table

    lengths = torch.tensor([len(piece) for piece in batch])
    return {
        "input_ids": rows("input_ids", 0),
        "token_type_ids": rows("token_type_ids", 0),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
        "labels": rows("labels", NOT_ASKED),
        "relations": torch.tensor([piece.relation for piece in batch]),
    }
