"""What differs between families of encoders, asked of the tokenizer and the model.

BERT reads `[CLS] question [SEP] context [SEP]` and a token type for each; RoBERTa has
two separators in the middle, no types, and positions that count from 2. Nothing here
goes by a family's name: whatever points at a span and has a fast tokenizer is served,
and what cannot be is refused. Chapter 7; the page for engineers has the list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence
from transformers import PreTrainedModel
from transformers import PreTrainedTokenizerBase as Tokenizer

from companion.qa_pipeline.models import arguments_of, check_answering

Special = tuple[tuple[int, int], ...]  # special tokens, each an id and its type


@dataclass(frozen=True)
class Family:
    """How a tokenizer and a model take a question and a piece of its context.

    Attributes:
        before, between, after: the special tokens around the two texts; the first of
            all stands for "no answer".
        types: token types of the question and of the context; None if none are read.
        pad: the id that fills a row up.
    """

    before: Special
    between: Special
    after: Special
    types: tuple[int, int] | None
    pad: int

    @property
    def special(self) -> int:
        """How many special tokens a row has."""
        return len(self.before) + len(self.between) + len(self.after)

    @property
    def ahead(self) -> int:
        """How many special tokens stand ahead of the context."""
        return len(self.before) + len(self.between)

    def inputs(self, rows: list[tuple[Tensor, Tensor]]) -> dict[str, Tensor]:
        """Make what the model is called with, a row for each question and window.

        Args:
            rows: per row the ids of a question and those of a window, one dimension
                each.
        Returns:
            `input_ids`, `attention_mask` and, where the model reads them,
            `token_type_ids`, (B, T) each.
        """
        around = (self.before, self.between, self.after)
        ids = [_row(around, asked, given) for asked, given in rows]  # (T,) each
        masks = [torch.ones_like(row) for row in ids]
        inputs = {  # B rows of (T,) -> (B, T)
            "input_ids": pad_sequence(ids, True, self.pad),
            "attention_mask": pad_sequence(masks, True),
        }
        if self.types:
            types = [self._types(len(asked), len(given)) for asked, given in rows]
            inputs["token_type_ids"] = pad_sequence(types, True)
        return inputs

    def _types(self, question: int, context: int) -> Tensor:
        """Token types of a row, (T,), for that many tokens."""
        asked, given = self.types or (0, 0)
        before, between, after = (
            [kind for _, kind in special]
            for special in (self.before, self.between, self.after)
        )
        row = before + [asked] * question + between + [given] * context + after
        return torch.tensor(row)


def _row(around: tuple[Special, ...], question: Tensor, context: Tensor) -> Tensor:
    """Ids of both texts with the special tokens around them, (T,)."""
    before, between, after = (torch.tensor([i for i, _ in part]) for part in around)
    return torch.cat([before, question, between, context, after]).long()


def family_of(tokenizer: Tokenizer, model: PreTrainedModel) -> Family:
    """Ask a tokenizer and a model how they take a question and its context.

    Raises:
        TypeError: if the model has no head that points at a span, or the tokenizer is
            not a fast one, and so does not know the characters of its tokens.
        ValueError: if the two are of a kind that this pipeline cannot serve.
    """
    check_tokenizer(tokenizer)
    check_answering(model)
    before, between, after, types = _template(tokenizer)
    read = _reads_types(tokenizer, model) and any(types)
    pads = (tokenizer.pad_token_id, getattr(model.config, "pad_token_id", None), 0)
    pad = next(i for i in pads if i is not None)
    return Family(before, between, after, types if read else None, pad)


def check_tokenizer(tokenizer: Tokenizer) -> None:
    """Refuse a tokenizer that cannot say where a token stands, or pads on the left.

    Raises:
        TypeError, ValueError: naming its class.
    """
    kind = type(tokenizer).__name__
    if not getattr(tokenizer, "is_fast", False):
        raise TypeError(
            f"tokenizer must be a fast one, which knows the characters of each token, "
            f"not a {kind}"
        )
    if tokenizer.padding_side != "right":
        raise ValueError(
            f"tokenizer of class {kind} pads on the {tokenizer.padding_side}, as XLNet "
            "does, where the question comes last; wanted one that pads on the right"
        )


def longest_input(tokenizer: Tokenizer, model: PreTrainedModel) -> int:
    """How many tokens the model reads at once, special ones among them.

    A table of positions says how many it has; RoBERTa's begins after the padding's.
    Relative positions alone have no end.
    """
    most = int(min(tokenizer.model_max_length, 2**62))
    table = getattr(
        getattr(model.base_model, "embeddings", None), "position_embeddings", None
    )
    if isinstance(table, nn.Embedding):
        unused = 0 if table.padding_idx is None else table.padding_idx + 1
        return min(most, table.num_embeddings - unused)
    if getattr(model.config, "relative_attention", False):
        return most
    return min(most, getattr(model.config, "max_position_embeddings", None) or most)


def _template(
    tokenizer: Tokenizer,
) -> tuple[Special, Special, Special, tuple[int, int]]:
    """The special tokens around two texts, and the texts' token types."""
    pair = tokenizer("a", "b", verbose=False).encodings[0]
    texts = pair.sequence_ids  # 0 for the question, 1 for the context, or None
    ids = list(zip(pair.ids, pair.type_ids, strict=True))
    if not (0 in texts and 1 in texts):
        raise ValueError(
            f"tokenizer of class {type(tokenizer).__name__} has no tokens for 'a' and "
            "'b', so the model cannot be asked anything"
        )
    first, second = _place(texts, 0), _place(texts, 1)
    before, between, after = (
        ids[: first[0]],
        ids[first[1] : second[0]],
        ids[second[1] :],
    )
    if not (before and between):
        raise ValueError(
            f"tokenizer of class {type(tokenizer).__name__} puts no special token "
            "in front of a question or none behind it, as a decoder's; wanted an "
            "encoder's, such as [CLS] and [SEP]"
        )
    types = (ids[first[0]][1], ids[second[0]][1])
    return tuple(before), tuple(between), tuple(after), types


def _place(texts: Sequence[int | None], text: int) -> tuple[int, int]:
    """Where a text's tokens begin and end."""
    begin = texts.index(text)
    return begin, begin + texts.count(text)


def _reads_types(tokenizer: Tokenizer, model: PreTrainedModel) -> bool:
    """Tell whether the model has a row for the context's type, and no list forbids it.

    The tokenizer's list of inputs counts where the checkpoint brings one. By default
    version 5 of the library leaves types out, even for ALBERT, which learned with them.
    """
    listed = tokenizer.init_kwargs.get("model_input_names") or ["token_type_ids"]
    return (
        "token_type_ids" in listed
        and "token_type_ids" in arguments_of(model.__class__)
        and getattr(model.config, "type_vocab_size", 0) > 1
    )
