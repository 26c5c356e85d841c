"""A question and a context, read by the companion for a view."""

import torch
from torch import nn
from transformers import BertModel, BertTokenizer

from companion.checks import check_module
from companion.encoder import Trace, trace
from companion.tokens import Encoded, encode

MOST_TOKENS = 512


def traced(
    tokenizer: BertTokenizer, model: nn.Module, question: str, context: str
) -> tuple[Encoded, Trace]:
    """The text as tokens, and every intermediate of the model on it.

    Raises:
        TypeError: if the model is no BERT, or a text no string.
        ValueError: if there are more tokens than a view, or the model, can take.
    """
    bert = getattr(model, "bert", model)
    check_module("model.bert", bert, BertModel)
    encoded = encode(tokenizer, question, context)
    most = min(MOST_TOKENS, bert.config.max_position_embeddings)
    if len(encoded.tokens) > most:
        raise ValueError(
            f"question and context have {len(encoded.tokens)} tokens, and a view of "
            f"this model shows {most} at the most: shorten the context"
        )
    with torch.inference_mode():
        return encoded, trace(bert, **encoded.model_inputs())


def groups_of(encoded: Encoded) -> list[str]:
    """For each token: "special", "question" or "context"."""
    pairs = zip(encoded.is_special.tolist(), encoded.is_context.tolist(), strict=True)
    return [
        "special" if special else "context" if context else "question"
        for special, context in pairs
    ]
