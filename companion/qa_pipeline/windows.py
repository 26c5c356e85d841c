"""A context of any length, cut into windows that the model can read.

    cut           a number of tokens into windows that overlap
    model_inputs  [CLS] question [SEP] window [SEP], a row per window, padded
    kept          of a window's logits those of [CLS], and of the tokens it speaks for
    merge         one row of logits for the whole context

`run_squad.py`, the code that came with Devlin et al. (2019), cuts long contexts in the
same way; there a token's best window is called its "max context". Chapter 7.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import BertTokenizer

SPECIAL_TOKENS = 3  # [CLS] and two [SEP]


@dataclass(frozen=True)
class Window:
    """The context's tokens `first` to `end`; it speaks for `keep_from` to `keep_to`."""

    first: int
    end: int
    keep_from: int
    keep_to: int


def cut(tokens: int, room: int, stride: int) -> list[Window]:
    """Cut a context into windows of at most `room` tokens; neighbours share `stride`.

    The window that speaks for a token is the one that gives it most context, on the
    side where there is less of it: of what two windows share, the first half goes to
    the first window, the second half to the second, a token in the middle to the first.

    Args:
        tokens: of the context, at least 1.
        room: tokens in a window, at least 1.
        stride: from 0 to `room - 1`.
    """
    firsts = [0, *range(room - stride, tokens - stride, room - stride)]
    ends = [min(first + room, tokens) for first in firsts]
    middles = [
        first + (end - first + 1) // 2
        for first, end in zip(firsts[1:], ends[:-1], strict=True)
    ]
    rows = zip(firsts, ends, [0, *middles], [*middles, tokens], strict=True)
    return [Window(*row) for row in rows]


def model_inputs(
    tokenizer: BertTokenizer, rows: list[tuple[Tensor, Tensor]]
) -> dict[str, Tensor]:
    """Make what the model is called with: `[CLS] question [SEP] window [SEP]` per row.

    Args:
        rows: per row the ids of a question and those of a window, one dimension each.
    Returns:
        `input_ids`, `token_type_ids` and `attention_mask`, (B, T) each.
    """
    cls, sep = (
        torch.tensor([i]) for i in (tokenizer.cls_token_id, tokenizer.sep_token_id)
    )
    ids = [torch.cat([cls, asked, sep, given, sep]) for asked, given in rows]  # (T,)
    types = [torch.zeros(len(row), dtype=torch.long) for row in ids]  # (T,)
    for row, (asked, _) in zip(types, rows, strict=True):
        row[len(asked) + 2 :] = 1
    masks = [torch.ones_like(row) for row in types]  # (T,)
    return {  # B rows of (T,) -> (B, T)
        "input_ids": pad_sequence(ids, True, tokenizer.pad_token_id).long(),
        "token_type_ids": pad_sequence(types, True),
        "attention_mask": pad_sequence(masks, True),
    }


def kept(logits: Tensor, question: int, window: Window, ahead: int = 2) -> Tensor:
    """Keep of one row's logits those of `[CLS]`, and of the tokens it speaks for.

    Args:
        logits: (2, T), of one row.
        question: how many tokens the question has.
        ahead: special tokens ahead of the context: `[CLS]` and one or more separators.
    Returns:
        (2, 1 + K), K being `keep_to - keep_from`.
    """
    begin = question + ahead - window.first  # where the context's token 0 would stand
    tokens = logits[:, begin + window.keep_from : begin + window.keep_to]  # (2, K)
    return torch.cat([logits[:, :1], tokens], dim=1)  # (2, 1), (2, K) -> (2, 1 + K)


def merge(windows: list[Tensor]) -> Tensor:
    """Join the windows' logits to one row for the whole context, each token once.

    `[CLS]`, "no answer", takes its logits from the window where their sum is lowest:
    the context has no answer only if none of its windows has one.

    Args:
        windows: what `kept` returns, (2, 1 + K), for each window in the text's order.
    Returns:
        (2, 1 + N): start and end logits, `[CLS]` first.
    """
    cls = torch.stack([window[:, 0] for window in windows])  # W times (2,) -> (W, 2)
    lowest = cls[int(cls.sum(dim=1).argmin())]  # (W, 2) -> (2,)
    tokens = [window[:, 1:] for window in windows]  # (2, K) each
    return torch.cat([lowest[:, None], *tokens], dim=1)  # -> (2, 1 + N)
