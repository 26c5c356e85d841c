"""Chapter 10."""

from functools import cache

import torch

from companion import heads, running
from companion.encoder import trace as run_trace
from companion.exercises.verdicts import items, number, truth
from companion.loading import load
from companion.tokens import Encoded
from companion.tokens import encode as to_tokens


def check_rollout(answer: object) -> None:
    """Chapter 10: rollout of one layer by hand, two tokens."""
    hints = {
        0.8: "That is the weight. Half of the token stays where it is: the residual.",
        0.6: "That is what it keeps of itself.",
        0.9: "That is the second token's own share.",
        0.1: "That is what the second token gets from the first.",
    }
    number(answer, 0.4, hints, "Average the weights with a table of 1 on the diagonal.")


def check_previous(answer: object) -> None:
    """Chapter 10: layer and head that give most to the previous token on "Who?"."""
    encoded, weights = _who()
    share = heads.shares(weights, encoded)["previous"]
    layer, head = divmod(int(share.argmax()), share.shape[1])
    hints = [([head, layer], "The layer comes first.")]
    otherwise = (
        "heads.shares(weights, encoded)['previous'] is (L, A); where is its peak?"
    )
    items(answer, [layer, head], hints, otherwise)


def check_silent(answer: object) -> None:
    """Chapter 10: is a head without weight on the answer's words without effect?"""
    truth(
        answer,
        False,
        "Think of a head in an early layer that looks at the token before: who reads "
        "what it wrote?",
    )


def check_two_heads(answer: object) -> None:
    """Chapter 10: what the answer to "Who?" loses with two heads off."""
    one, other, both = _two_off()
    hints = {
        one + other: "That is the sum of the two, one by one. Switch both off at once.",
        one: "That is the head that looks back, alone.",
        other: "That is the last head alone.",
        -both: "What falls is what was there before less what is there now.",
    }
    otherwise = "Give `switched_off` a list of both, then ask for the logits inside."
    number(answer, both, hints, otherwise)


@cache
def _two_off() -> tuple[float, float, float]:
    """What the logits of `Foo` lose without the one head, the other, both."""
    model, (encoded, weights) = load()[1], _who()
    spans = enumerate(encoded.offsets)
    foo = [i for i, s in spans if encoded.is_context[i] and s[0] >= 11]
    looks_back = weights[:, :, foo, 1].mean(dim=-1)
    layer, head = divmod(int(looks_back.argmax()), looks_back.shape[1])
    two = [(layer, head), (layer, looks_back.shape[1] - 1)]
    inputs = encoded.model_inputs()
    whole = float(heads.answer_logit(model, inputs, foo[0], foo[-1]))
    left = []
    for off in (two[:1], two[1:], two):
        with heads.switched_off(model, off):
            left.append(float(heads.answer_logit(model, inputs, foo[0], foo[-1])))
    return whole - left[0], whole - left[1], whole - left[2]


@cache
def _who() -> tuple[Encoded, torch.Tensor]:
    tokenizer, model = load()
    encoded = to_tokens(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        return encoded, heads.stack(run_trace(model.bert, **encoded.model_inputs()))
