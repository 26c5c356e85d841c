"""The embedded model's weights for the page: rounded by row, in blocks, as text.

A page that is opened from a file may not fetch anything, so that a block is a script:
it gives its name and one string. That is base 85, five letters for four bytes, of zlib
of a header in JSON and the numbers. `weights.js` reads the same.
"""

import copy
import json
import zlib
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy
import torch
from safetensors.torch import load_file
from torch import Tensor
from transformers import BertConfig, BertForQuestionAnswering, BertTokenizer

from companion.encoder import trace
from companion.live.characters import classes
from companion.pretraining.guesser import GUESSER, check_own
from companion.qa_head import span_logits
from companion.rounding import restore_rows, round_rows
from companion.tokens import encode

WORDS_IN_A_BLOCK = 16  # rows of the table of words: a text needs a few of them
WORDS_AT_ONCE = 4096  # the same for a guess, which needs all of them
SCALES = ".scales"  # after the name of a matrix: what its rows are multiplied by
TYPES = {torch.int8: "int8", torch.float32: "float32"}
WORDS = "bert.embeddings.word_embeddings.weight"
IN_LAYER = "bert.encoder.layer."
LETTERS = (
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    b"!#$%&()*+-;<=>?@^_`{|}~"
)


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
    return _split(_stored(dict(model.named_parameters())), WORDS_IN_A_BLOCK)


def guesser_blocks() -> Iterator[tuple[str, dict[str, Tensor]]]:
    """The same of the book's model that guesses, whose weights are rounded already.

    Raises:
        FileNotFoundError, ValueError: if its files are not those of its card.
    """
    check_own()
    stored = load_file(GUESSER / "model.safetensors")
    whole = {n: t if t.dtype in TYPES else t.float() for n, t in stored.items()}
    return _split(whole, WORDS_AT_ONCE)


def _split(
    stored: dict[str, Tensor], rows: int
) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """Weights by their names, as blocks; those of words have `rows` rows."""
    rest: dict[str, Tensor] = {}
    layers: dict[str, dict[str, Tensor]] = defaultdict(dict)
    for name, tensor in stored.items():
        if name.startswith(IN_LAYER):
            number, _, own = name.removeprefix(IN_LAYER).partition(".")
            layers[number][own] = tensor
        elif not name.startswith(WORDS):
            rest[name] = tensor
    yield "model", rest
    yield from ((f"layer.{number}", tensors) for number, tensors in layers.items())
    parts = {"words" + more: stored[WORDS + more].split(rows) for more in ("", SCALES)}
    for place in range(len(parts["words"])):
        yield f"words.{place}", {name: part[place] for name, part in parts.items()}


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
    return base85(zlib.compress(b"".join(parts), 9))


def base85(data: bytes) -> str:
    """Five letters for four bytes, as `base64.b85encode`, which takes longer."""
    padding = -len(data) % 4
    numbers = numpy.frombuffer(data + bytes(padding), ">u4")
    letters = numpy.empty((len(numbers), 5), "u1")
    for place in reversed(range(5)):
        numbers, digits = numpy.divmod(numbers, 85)
        letters[:, place] = numpy.frombuffer(LETTERS, "u1")[digits]
    return letters.tobytes()[: letters.size - padding].decode("ascii")


def sizes(config: BertConfig, rows: int) -> dict[str, int]:
    """What the page needs to know of a model beside its weights.

    Args:
        rows: of the table of words in a block.
    """
    return {
        "heads": config.num_attention_heads,
        "layers": config.num_hidden_layers,
        "rows": rows,
    }


def settings(tokenizer: BertTokenizer) -> dict[str, Any]:
    """What the tokenizer needs: the vocabulary, and how characters are treated."""
    vocabulary = tokenizer.get_vocab()
    return {
        "vocabulary": sorted(vocabulary, key=vocabulary.__getitem__),
        "characters": classes(tokenizer),
        "specials": [str(token) for token in tokenizer.added_tokens_decoder.values()],
    }
