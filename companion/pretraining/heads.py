"""The heads of pretraining: a word for each token; do two texts belong together?

    cls.predictions         H -> H, GELU, LayerNorm, then H -> V with the table of words
    bert.pooler             the vector of [CLS]: H -> H, tanh
    cls.seq_relationship    one Linear, H -> 2

Each function takes the library's own module and reads its parameters; none calls it.
Devlin, Chang, Lee and Toutanova, *BERT*, NAACL 2019, section 3.1. Chapter 8.
"""

import torch
from torch import Tensor, nn
from transformers.models.bert.modeling_bert import BertLMPredictionHead, BertPooler

from companion.attention import linear
from companion.checks import check_module, check_vectors
from companion.embeddings import layer_norm
from companion.encoder import activation

FOLLOWS, RANDOM = 0, 1  # the labels of next-sentence prediction, and its columns


def word_logits(predictions: BertLMPredictionHead, hidden: Tensor) -> Tensor:
    """Give each piece of the vocabulary a number, for each token: the masked-word head.

    Args:
        predictions: `model.cls.predictions`.
        hidden: (B, T, H), the last hidden state.
    Returns:
        (B, T, V): how well each piece would fit there.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("predictions", predictions, BertLMPredictionHead)
    transform, decoder = predictions.transform, predictions.decoder
    check_vectors("hidden", hidden, transform.dense.in_features)
    moved = linear(transform.dense, hidden)  # (B, T, H) -> (B, T, H)
    moved = activation(transform.transform_act_fn)(moved)  # (B, T, H)
    moved = layer_norm(transform.LayerNorm, moved)  # (B, T, H)
    # The decoder's weight is the table of words itself: each piece's logit is the dot
    # product with the vector that stands for the piece at the other end of the model.
    return linear(decoder, moved)  # (B, T, H) -> (B, T, V)


def pool(pooler: BertPooler, hidden: Tensor) -> Tensor:
    """Make one vector of a text, from that of its first token: (B, T, H) -> (B, H).

    Args:
        pooler: `model.bert.pooler`.
        hidden: (B, T, H), the last hidden state.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("pooler", pooler, BertPooler)
    check_vectors("hidden", hidden, pooler.dense.in_features)
    first = hidden[:, 0]  # (B, T, H) -> (B, H), [CLS]
    return torch.tanh(linear(pooler.dense, first))  # (B, H)


def next_sentence_logits(seq_relationship: nn.Linear, pooled: Tensor) -> Tensor:
    """Weigh whether the second text follows the first: (B, H) -> (B, 2).

    Column FOLLOWS says that it does, RANDOM that it was drawn from somewhere else.

    Args:
        seq_relationship: `model.cls.seq_relationship`.
        pooled: (B, H), from `pool`.
    Raises:
        TypeError, ValueError: as `companion.checks` has them.
    """
    check_module("seq_relationship", seq_relationship, nn.Linear)
    size = seq_relationship.in_features
    if pooled.ndim != 2 or pooled.shape[1] != size:
        raise ValueError(
            f"pooled must have the shape (B, {size}), not {tuple(pooled.shape)}"
        )
    return linear(seq_relationship, pooled)
