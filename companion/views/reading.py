"""What a view shows of a question and a context, computed by the companion."""

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
    """Return the text as tokens, and every intermediate of the model on it.

    Raises:
        TypeError: if the model is no BERT, or a text is no string.
        ValueError: if there are more tokens than a view, or the model, can take, or
            none of the question or of the context.
    """
    bert: BertModel = getattr(model, "bert", model)
    check_module("model.bert", bert, BertModel)
    encoded = encode(tokenizer, question, context)
    most = min(MOST_TOKENS, bert.config.max_position_embeddings)
    if len(encoded.tokens) > most:
        raise ValueError(
            f"question and context have {len(encoded.tokens)} tokens, and a view of "
            f"this model shows {most} at the most: shorten the context"
        )
    for name, text in (("question", question), ("context", context)):
        if name not in groups_of(encoded):
            raise ValueError(f"{name} must give a token, and {text!r} gives none")
    with torch.inference_mode():
        return encoded, trace(bert, **encoded.model_inputs())


def groups_of(encoded: Encoded) -> list[str]:
    """Return "special", "question" or "context" for each token."""
    pairs = zip(encoded.is_special.tolist(), encoded.is_context.tolist(), strict=True)
    return [
        "special" if special else "context" if context else "question"
        for special, context in pairs
    ]
