"""From ids to vectors: three look-ups, a sum, a LayerNorm.

    bert.embeddings      word + position + token type, then LayerNorm

Each function takes the library's own module and reads its parameters; none calls it.
Devlin, Chang, Lee and Toutanova, *BERT*, NAACL 2019, section 3 and figure 2.
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
    """Compute the vectors that enter the encoder, and the three terms they add up.

    Args:
        embeddings: `model.bert.embeddings`.
        input_ids: (B, T), int32 or int64, each below V.
        token_type_ids: (B, T); all 0 by default.
        position_ids: (B, T) or (1, T); 0, 1, 2 and so on by default.
    Returns:
        The terms, their sum and the sum's LayerNorm, (B, T, H) each.
    Raises:
        TypeError, ValueError: if the module is of another class or in training mode,
            if ids are out of range, shapes do not fit, or there are more tokens than
            positions (`companion.checks`).
    """
    check_module("embeddings", embeddings, BertEmbeddings)
    types, places = _fill_in(embeddings, input_ids, token_type_ids, position_ids)
    words = look_up(embeddings.word_embeddings, input_ids)  # (B, T) -> (B, T, H)
    token_types = look_up(embeddings.token_type_embeddings, types)  # (B, T, H)
    positions = look_up(embeddings.position_embeddings, places)  # (1 or B, T, H)
    total = words + token_types + positions  # (B, T, H)
    output = layer_norm(embeddings.LayerNorm, total)  # (B, T, H)
    return EmbeddingTerms(words, token_types, positions, total, output)


def look_up(table: nn.Embedding, ids: Tensor) -> Tensor:
    """Take row `i` of the table for each id `i`: (B, T) -> (B, T, H).

    `padding_idx` changes nothing here; in training it keeps `[PAD]`'s row as it is.
    """
    return F.embedding(ids, table.weight, table.padding_idx)  # (B, T) -> (B, T, H)


def layer_norm(module: nn.LayerNorm, vectors: Tensor) -> Tensor:
    """Bring each token's vector to mean 0 and spread 1, then scale and shift it.

    (x - mean) / sqrt(variance + eps) * weight + bias, for each token by itself. The
    variance divides by H, not by H - 1; `eps`, 1e-12 in BERT, keeps a vector of equal
    numbers from a division by zero. Ba, Kiros and Hinton, *Layer Normalization*, 2016.

    Args:
        vectors: (B, T, H).
    Returns:
        (B, T, H).
    """
    size = module.normalized_shape
    return F.layer_norm(vectors, size, module.weight, module.bias, module.eps)


def nearest(vectors: Tensor, row: int, count: int) -> list[tuple[int, float]]:
    """Find the rows of a table whose directions are closest to that of one row.

    Args:
        vectors: (V, H), such as a table of embeddings.
        row: which row to start from; it is left out.
        count: how many rows to return.
    Returns:
        Row and cosine similarity, from 1 for the same direction to -1, the best first.
    """
    directions = F.normalize(vectors, dim=-1)  # (V, H), each of length 1
    similarity = directions @ directions[row]  # (V, H) @ (H,) -> (V,)
    similarity[row] = -torch.inf
    best = similarity.topk(count)  # (V,) -> (count,)
    return list(zip(best.indices.tolist(), best.values.tolist(), strict=True))


def clearest_wave(table: Tensor, fewest: int) -> tuple[int, int]:
    """Find the column of a table that swings most evenly from row to row.

    A Fourier transform takes each column apart into waves that go up and down once,
    twice and so on over all rows. The column wins of whose swings (squared distances
    from its mean) one wave has the largest share.

    Args:
        table: (P, H), such as the position embeddings.
        fewest: only waves that go up and down at least that many times.
    Returns:
        The column, and how often its wave goes up and down.
    Raises:
        ValueError: if the table has too few rows for `fewest` swings.
    """
    if not 0 < fewest <= len(table) // 2:
        raise ValueError(
            f"fewest must be from 1 to {len(table) // 2}, half the rows, not {fewest}"
        )
    columns = table.double() - table.double().mean(dim=0)  # (P, H)
    power = torch.fft.rfft(columns, dim=0).abs().pow(2)  # (P, H) -> (P // 2 + 1, H)
    share = (power / power.sum(dim=0)).nan_to_num()[fewest:]  # a flat column: 0
    swings, column = divmod(int(share.argmax()), table.shape[1])
    return column, fewest + swings


def _fill_in(
    embeddings: BertEmbeddings,
    input_ids: Tensor,
    token_type_ids: Tensor | None,
    position_ids: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Check token types and positions, or make those that are left out."""
    check_ids("input_ids", input_ids, embeddings.word_embeddings.num_embeddings)
    shape = batch, tokens = tuple(input_ids.shape)
    most = embeddings.position_embeddings.num_embeddings
    check_length("input_ids", tokens, most)
    if token_type_ids is None:
        token_type_ids = torch.zeros_like(input_ids)
    if position_ids is None:
        position_ids = torch.arange(tokens, device=input_ids.device)[None]  # (1, T)
    kinds = embeddings.token_type_embeddings.num_embeddings
    check_ids("token_type_ids", token_type_ids, kinds, shape)
    rows = 1 if len(position_ids) == 1 else batch
    check_ids("position_ids", position_ids, most, (rows, tokens))
    return token_type_ids, position_ids
