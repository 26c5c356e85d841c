"""Hide words, so that a model can be trained to guess them.

Devlin, Chang, Lee and Toutanova, *BERT*, NAACL 2019, section 3.1 and appendix A.1.
Chapter 8.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.checks import check_ids

SHARE = 0.15  # of the tokens that may be hidden
NOT_ASKED = -100  # the label of a token that is not hidden; cross entropy skips it
KEPT, MASKED, SWAPPED = 1, 2, 3  # what became of a hidden token; 0 if it is not hidden


class Masked(NamedTuple):
    """What the model reads, and what was hidden; each (B, T)."""

    input_ids: Tensor  # with [MASK], other tokens, or the right ones at hidden places
    labels: Tensor  # the hidden token's id; NOT_ASKED elsewhere
    fate: Tensor  # 0, or KEPT, MASKED, SWAPPED at hidden places


def hide(
    input_ids: Tensor,
    may_hide: Tensor,
    mask_id: int,
    vocabulary_size: int,
    share: float = SHARE,
    generator: torch.Generator | None = None,
) -> Masked:
    """Choose tokens at random, each with the probability `share`, and hide them.

    Of those that are hidden 80 % become `[MASK]`, 10 % any piece of the vocabulary,
    drawn at random, and 10 % stay as they are. The label is the right token in all
    three cases, so the model cannot trust a token that it sees.

    Args:
        input_ids: (B, T), int32 or int64.
        may_hide: (B, T), False for special tokens and padding.
        mask_id: the id of `[MASK]`.
        vocabulary_size: V; a drawn id is below it.
        share: from 0 to 1.
        generator: of the random numbers; Torch's own by default.
    Raises:
        TypeError, ValueError: if ids or `may_hide` do not fit, or `share` is no share.
    """
    check_ids("input_ids", input_ids, vocabulary_size)
    if may_hide.dtype != torch.bool or may_hide.shape != input_ids.shape:
        raise ValueError(
            f"may_hide must be bool of shape {tuple(input_ids.shape)}, not "
            f"{may_hide.dtype} of shape {tuple(may_hide.shape)}"
        )
    if not 0 <= share <= 1:
        raise ValueError(f"share must be from 0 to 1, not {share}")
    hidden = (torch.rand(input_ids.shape, generator=generator) < share) & may_hide
    lot = torch.rand(input_ids.shape, generator=generator)  # (B, T), decides the fate
    fate = 1 + (lot >= 0.1).int() + (lot >= 0.9).int()  # KEPT, MASKED, SWAPPED
    fate = fate * hidden
    drawn = torch.randint(
        vocabulary_size, input_ids.shape, generator=generator, dtype=input_ids.dtype
    )
    read = torch.where(fate == MASKED, mask_id, input_ids)
    read = torch.where(fate == SWAPPED, drawn, read)
    labels = torch.where(hidden, input_ids, NOT_ASKED)
    return Masked(read, labels, fate)


def may_hide(tokenizer: BertTokenizer, input_ids: Tensor) -> Tensor:
    """Tell which tokens can be hidden, all but the special ones: (B, T) -> (B, T)."""
    special = torch.tensor(tokenizer.all_special_ids)
    return ~torch.isin(input_ids, special)
