"""The embedded model's weights for the page: rounded by row, in blocks, as text.

A page that is opened from a file may not fetch anything, so that a block is a script:
it gives its name and one string. That is base 85, five letters for four bytes, of zlib
of a header in JSON and the numbers. `weights.js` reads the same.
"""

import base64
import copy
import json
import zlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.encoder import trace
from companion.live.characters import classes
from companion.qa_head import span_logits
from companion.rounding import restore_rows, round_rows
from companion.tokens import encode

WORDS_IN_A_BLOCK = 16  # rows of the table of words: a text needs a few of them
SCALES = ".scales"  # after the name of a matrix: what its rows are multiplied by
TYPES = {torch.int8: "int8", torch.float32: "float32"}


def rounded_copy(model: BertForQuestionAnswering) -> BertForQuestionAnswering:
    """A copy that computes what the page does: matrices rounded to 8 bits by row."""
    copied = copy.deepcopy(model).float()
    with torch.no_grad():
        for parameter in copied.parameters():
            if parameter.ndim == 2:
                parameter.copy_(restore_rows(*round_rows(parameter)))
    return copied


def blocks(model: BertForQuestionAnswering) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The weights in the pieces in which a page loads them, each with a name.

    First `model`, all but the layers and the words; then `layer.0` and so on; then
    `words.0` and so on, of which a text needs those that have its pieces.
    """
    words = "bert.embeddings.word_embeddings.weight"
    named = dict(model.named_parameters())
    in_layer = "bert.encoder.layer."
    yield (
        "model",
        _stored({n: p for n, p in named.items() if in_layer not in n and n != words}),
    )
    for number, layer in enumerate(model.bert.encoder.layer):
        yield f"layer.{number}", _stored(dict(layer.named_parameters()))
    for number, rows in enumerate(named[words].split(WORDS_IN_A_BLOCK)):
        yield f"words.{number}", _stored({"words": rows})


def stored_walk(
    tokenizer: BertTokenizer, model: BertForQuestionAnswering, question: str, text: str
) -> dict[str, Tensor]:
    """Every intermediate of the rounded model, by name, as `trace` in bert.js has them.

    Args:
        model: as `rounded_copy` returns it.
    """
    inputs = encode(tokenizer, question, text).model_inputs()
    with torch.inference_mode():
        walk = trace(model.bert, **inputs)
        starts, ends = span_logits(model.qa_outputs, walk.last_hidden_state)
    names = {"token_types": "tokenTypes"}  # as JavaScript writes them
    tensors = {
        ".".join(names.get(part, part) for part in name.split(".")): tensor.contiguous()
        for name, tensor in walk.named().items()
    }
    return {**tensors, "logits.starts": starts, "logits.ends": ends}


def _stored(named: dict[str, Tensor]) -> dict[str, Tensor]:
    """Matrices as whole numbers and scales, the rest as float32."""
    tensors: dict[str, Tensor] = {}
    for name, weights in named.items():
        if weights.ndim == 2:
            tensors[name], tensors[name + SCALES] = round_rows(weights.detach().float())
        else:
            tensors[name] = weights.detach().float()
    return tensors


def packed_block(
    tensors: dict[str, Tensor], texts: dict[str, Any] | None = None
) -> str:
    """Tensors of int8 and float32, and what JSON can hold, as one text."""
    header = {
        "texts": texts or {},
        "tensors": [[n, TYPES[t.dtype], list(t.shape)] for n, t in tensors.items()],
    }
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 4)  # so that float32 begins where it may
    parts = [len(head).to_bytes(4, "little"), head]
    for tensor in tensors.values():
        data = tensor.contiguous().numpy().tobytes()
        parts += [data, bytes(-len(data) % 4)]
    return base64.b85encode(zlib.compress(b"".join(parts), 9)).decode("ascii")


def settings(
    tokenizer: BertTokenizer, model: BertForQuestionAnswering
) -> dict[str, Any]:
    """What is no weight: the vocabulary, how characters are treated, sizes."""
    vocabulary = tokenizer.get_vocab()
    return {
        "vocabulary": sorted(vocabulary, key=vocabulary.__getitem__),
        "characters": classes(tokenizer),
        "specials": [str(token) for token in tokenizer.added_tokens_decoder.values()],
        "heads": model.config.num_attention_heads,
        "layers": model.config.num_hidden_layers,
        "rows": WORDS_IN_A_BLOCK,
    }
