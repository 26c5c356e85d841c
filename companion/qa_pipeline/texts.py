"""A text of any length as tokens: ids, characters, words. Chapter 7."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from tokenizers.pre_tokenizers import BertPreTokenizer
from torch import Tensor
from transformers import PreTrainedTokenizerBase as Tokenizer

from companion.qa_pipeline.words import visible

AT_ONCE = 20_000  # characters that are tokenized in one go: more would only take memory
# Between two words; nothing is lost there, also where a space belongs to what follows.
SPACE = re.compile(r"(?<=\S) (?=\S)")
WHITESPACE = re.compile("[ \t\n]")


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


def text_tokens(tokenizer: Tokenizer, text: str) -> Tokens:
    """Tokenize a text of any length, without special tokens around it.

    What counts as a word is the tokenizer's. To BERT whitespace separates words, and
    punctuation and Chinese characters stand alone; for others `words.visible` says
    what they leave open.
    """
    ids, offsets, words = [], [], []
    knows = isinstance(tokenizer.backend_tokenizer.pre_tokenizer, BertPreTokenizer)
    for begin, part in _parts(text):
        encoded = tokenizer(
            part, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        places, numbers = encoded["offset_mapping"], encoded.word_ids()
        if not knows:
            places, numbers = visible(part, places, numbers)
        ids.append(torch.tensor(encoded["input_ids"][: len(places)], dtype=torch.int32))
        spans = torch.tensor(places, dtype=torch.int32)
        offsets.append(spans.view(-1, 2) + begin)  # (0,) -> (0, 2) if there is no token
        words.append(torch.tensor(numbers, dtype=torch.int32) + begin)
    # A part's words count from where it begins, so no two parts share a number.
    _, numbers = torch.cat(words).unique_consecutive(return_inverse=True)
    return Tokens(torch.cat(ids), torch.cat(offsets), numbers)


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Cut the text at whitespace, so that no word is cut; each part with its place."""
    begin = 0
    while begin < len(text):
        least, most = begin + AT_ONCE, begin + 2 * AT_ONCE
        space = SPACE.search(text, least, most) or WHITESPACE.search(text, least)
        end = space.start() if space else len(text)
        yield begin, text[begin:end]
        begin = end
