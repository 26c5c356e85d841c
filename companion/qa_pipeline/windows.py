"""A context of any length, cut into windows that the model can read.

    text_tokens   a text to its tokens: ids, characters, words
    cut           so many tokens into windows that overlap
    model_inputs  [CLS] question [SEP] window [SEP], a row for each, padded
    kept          what a window has to say: [CLS], and the tokens it speaks for
    merge         one row of logits for the whole context

`run_squad.py`, the code that came with Devlin et al. (2019), cuts long contexts in the
same way; there a token's best window is called its "max context". Chapter 7.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from transformers import BertTokenizer

SPECIAL_TOKENS = 3  # [CLS] and two [SEP]
AT_ONCE = 20_000  # characters that are tokenized in one go: more would only take memory


@dataclass(frozen=True, eq=False)
class Tokens:
    """The N tokens of a text.

    Attributes:
        ids: (N,), places in the vocabulary.
        offsets: (N, 2), the characters that each was made from: `text[first:end]`.
        words: (N,), the word that each belongs to; words count from 0, without gaps.
    """

    ids: Tensor
    offsets: Tensor
    words: Tensor

    def __len__(self) -> int:
        return len(self.ids)


def text_tokens(tokenizer: BertTokenizer, text: str) -> Tokens:
    """The tokens of a text of any length, without special tokens around them.

    What counts as a word is the tokenizer's: blanks part words, and punctuation and
    Chinese characters stand alone.
    """
    ids, offsets, words = [], [], []
    for begin, part in _parts(text):
        encoded = tokenizer(
            part, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        ids.append(torch.tensor(encoded["input_ids"], dtype=torch.int32))
        places = torch.tensor(encoded["offset_mapping"], dtype=torch.int32)
        offsets.append(places.view(-1, 2) + begin)
        words.append(torch.tensor(encoded.word_ids(), dtype=torch.int32) + begin)
    # A part's words count from where it begins, so no two parts share a number.
    _, numbers = torch.cat(words).unique_consecutive(return_inverse=True)
    return Tokens(torch.cat(ids), torch.cat(offsets), numbers)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """The text in parts that begin with a blank, so that no word is cut."""
    begin = 0
    while begin < len(text):
        blank = re.compile("[ \t\n]").search(text, begin + AT_ONCE)
        end = blank.start() if blank else len(text)
        yield begin, text[begin:end]
        begin = end


@dataclass(frozen=True)
class Window:
    """The context's tokens `first` to `end`; it speaks for `keep_from` to `keep_to`."""

    first: int
    end: int
    keep_from: int
    keep_to: int


def cut(tokens: int, room: int, stride: int) -> list[Window]:
    """Windows of at most `room` tokens, of which neighbours share `stride`.

    Each token is spoken for by the window that gives it most context, on the side
    where there is less of it: of what two windows share, the first half goes to the
    first window, the second half to the second, and a token in the middle to the first.

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
    """What the model is called with: `[CLS] question [SEP] window [SEP]` in each row.

    Args:
        rows: the ids of a question and those of a window of its context, for each row.
    Returns:
        `input_ids`, `token_type_ids` and `attention_mask`, (B, T) each.
    """
    cls, sep = (
        torch.tensor([i]) for i in (tokenizer.cls_token_id, tokenizer.sep_token_id)
    )
    ids = [torch.cat([cls, asked, sep, given, sep]) for asked, given in rows]
    types = [torch.zeros(len(row), dtype=torch.long) for row in ids]
    for row, (asked, _) in zip(types, rows, strict=True):
        row[len(asked) + 2 :] = 1
    return {
        "input_ids": pad_sequence(ids, True, tokenizer.pad_token_id).long(),
        "token_type_ids": pad_sequence(types, True),
        "attention_mask": pad_sequence([torch.ones_like(row) for row in types], True),
    }


def kept(logits: Tensor, question: int, window: Window) -> Tensor:
    """Of one row's logits those of `[CLS]`, and those of the tokens it speaks for.

    Args:
        logits: (2, T), of one row.
        question: how many tokens the question has.
    Returns:
        (2, 1 + K), K being `keep_to - keep_from`.
    """
    begin = question + 2 - window.first  # where the context's token 0 would stand
    tokens = logits[:, begin + window.keep_from : begin + window.keep_to]
    return torch.cat([logits[:, :1], tokens], dim=1)


def merge(windows: list[Tensor]) -> Tensor:
    """One row of logits for the whole context, each of its N tokens once.

    `[CLS]`, "no answer", takes its logits from the window where their sum is lowest:
    the context has no answer if none of its windows has one.

    Args:
        windows: what `kept` returns, for each window in the order of the text.
    Returns:
        (2, 1 + N): start and end logits, `[CLS]` first.
    """
    cls = torch.stack([window[:, 0] for window in windows])  # (W, 2)
    lowest = cls[int(cls.sum(dim=1).argmin())]
    return torch.cat([lowest[:, None], *(window[:, 1:] for window in windows)], dim=1)
