"""From ids to vectors: three look-ups, a sum, a LayerNorm.

    bert.embeddings      word + position + token type, then LayerNorm

Each function takes the library's own module and reads its parameters; none calls it.
Devlin, Chang, Lee and Toutanova, *BERT*, NAACL 2019, section 3 and figure 2. Chapter 3.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.models.bert.modeling_bert import BertEmbeddings

from companion.checks import check_ids, check_length, check_module


class EmbeddingTerms(NamedTuple):
    """What `embed` computes, each (B, T, H), in the order in which it is computed."""

    words: Tensor
    token_types: Tensor
    positions: Tensor
    total: Tensor
    output: Tensor


def embed(
    embeddings: BertEmbeddings,
    input_ids: Tensor,
    token_type_ids: Tensor | None = None,
    position_ids: Tensor | None = None,
) -> EmbeddingTerms:
    """The vectors that enter the encoder, and the three terms that they are made of.

    Args:
        embeddings: `model.bert.embeddings`.
        input_ids: (B, T), int32 or int64, each below V.
        token_type_ids: (B, T); all 0 where it is left out.
        position_ids: (B, T) or (1, T); 0, 1, 2 and so on where it is left out.
    Returns:
        The terms, their sum and the sum's LayerNorm, (B, T, H) each.
    Raises:
        TypeError, ValueError: as `companion.checks` has them: a module of another
            kind or in training mode, ids out of range, shapes that do not fit, more
            tokens than there are positions.
    """
    check_module("embeddings", embeddings, BertEmbeddings)
    types, places = _fill_in(embeddings, input_ids, token_type_ids, position_ids)
    words = look_up(embeddings.word_embeddings, input_ids)  # (B, T) -> (B, T, H)
    token_types = look_up(embeddings.token_type_embeddings, types)
    positions = look_up(embeddings.position_embeddings, places)
    total = words + token_types + positions
    output = layer_norm(embeddings.LayerNorm, total)
    return EmbeddingTerms(words, token_types, positions, total, output)


def look_up(table: nn.Embedding, ids: Tensor) -> Tensor:
    """Row `i` of the table for each id `i`: (B, T) -> (B, T, H). Chapter 3.

    `padding_idx` changes nothing here; in training it keeps `[PAD]`'s row as it is.
    """
    return F.embedding(ids, table.weight, table.padding_idx)


def layer_norm(module: nn.LayerNorm, vectors: Tensor) -> Tensor:
    """Bring each token's vector to mean 0 and spread 1, then scale and shift it.

    (B, T, H) -> (B, T, H); `layer_norm_formula` writes it out. Ba, Kiros and Hinton,
    *Layer Normalization*, 2016. Chapter 3.
    """
    size = module.normalized_shape
    return F.layer_norm(vectors, size, module.weight, module.bias, module.eps)


def layer_norm_formula(module: nn.LayerNorm, vectors: Tensor) -> Tensor:
    """`layer_norm` by its formula, (B, T, H) -> (B, T, H). Chapter 3.

    The variance divides by H, not by H - 1; `eps`, 1e-12 in BERT, keeps a vector of
    equal numbers from a division by zero.
    """
    mean = vectors.mean(dim=-1, keepdim=True)
    variance = (vectors - mean).pow(2).mean(dim=-1, keepdim=True)
    normal = (vectors - mean) / torch.sqrt(variance + module.eps)
    return normal * module.weight + module.bias


def nearest(vectors: Tensor, row: int, count: int) -> list[tuple[int, float]]:
    """The rows of a table that point most nearly where `row` points, and how nearly.

    Args:
        vectors: (V, H), such as a table of embeddings.
        row: which row to start from; it is left out.
        count: how many rows are wanted.
    Returns:
        Row and cosine similarity, from 1 for the same direction to -1, the best first.
    """
    directions = F.normalize(vectors, dim=-1)
    similarity = directions @ directions[row]  # (V, H) @ (H,) -> (V,)
    similarity[row] = -torch.inf
    best = similarity.topk(count)
    return list(zip(best.indices.tolist(), best.values.tolist(), strict=True))


def _fill_in(
    embeddings: BertEmbeddings,
    input_ids: Tensor,
    token_type_ids: Tensor | None,
    position_ids: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Token types and positions, checked, or what stands for them if left out."""
    check_ids("input_ids", input_ids, embeddings.word_embeddings.num_embeddings)
    shape = batch, tokens = tuple(input_ids.shape)
    most = embeddings.position_embeddings.num_embeddings
    check_length("input_ids", tokens, most)
    if token_type_ids is None:
        token_type_ids = torch.zeros_like(input_ids)
    if position_ids is None:
        position_ids = torch.arange(tokens, device=input_ids.device)[None]
    kinds = embeddings.token_type_embeddings.num_embeddings
    check_ids("token_type_ids", token_type_ids, kinds, shape)
    rows = 1 if len(position_ids) == 1 else batch
    check_ids("position_ids", position_ids, most, (rows, tokens))
    return token_type_ids, position_ids
