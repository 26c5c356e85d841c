"""Chapter 10's exercises: roll out by hand, find a head, switch heads off."""

from functools import cache

import torch

from companion import encoder, heads, running, tokens
from companion.exercises.verdicts import grade, grade_items, grade_truth
from companion.loading import load


def check_rollout(answer: object) -> None:
    """Check the rollout of one layer by hand, two tokens."""
    hints = {
        0.8: "That is the weight. Half of the token stays where it is: the residual.",
        0.6: "That is what it keeps of itself.",
        0.9: "That is the second token's own share.",
        0.1: "That is what the second token gets from the first.",
    }
    grade(answer, 0.4, hints, "Average the weights with a table of 1 on the diagonal.")


def check_previous(answer: object) -> None:
    """Check the layer and head that give most to the previous token on "Who?"."""
    encoded, weights = _who()
    share = heads.shares(weights, encoded)["previous"]
    layer, head = divmod(int(share.argmax()), share.shape[1])
    hints = [([head, layer], "The layer comes first.")]
    otherwise = (
        "heads.shares(weights, encoded)['previous'] is (L, A); where is its peak?"
    )
    grade_items(answer, [layer, head], hints, otherwise)


def check_silent(answer: object) -> None:
    """Check whether a head without weight on the answer's words has no effect."""
    grade_truth(
        answer,
        False,
        "Think of a head in an early layer that looks at the token before: who reads "
        "what it wrote?",
    )


def check_two_heads(answer: object) -> None:
    """Check what the answer to "Who?" loses with two heads off."""
    one, other, both = _two_off()
    hints = {
        one + other: "That is the sum of the two, one by one. Switch both off at once.",
        one: "That is the head that looks back, alone.",
        other: "That is the last head alone.",
        -both: "Take what is left from what was there before, not the reverse.",
    }
    otherwise = "Give `switched_off` a list of both, then ask for the logits inside."
    grade(answer, both, hints, otherwise)


@cache
def _two_off() -> tuple[float, float, float]:
    """Measure what the logits of `Foo` lose without one head, the other, both."""
    model, (encoded, weights) = load()[1], _who()
    spans = enumerate(encoded.offsets)
    foo = [i for i, s in spans if s and encoded.is_context[i] and s[0] >= 11]
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
def _who() -> tuple[tokens.Encoded, torch.Tensor]:
    """Encode the running example, and stack its attention weights, (L, A, T, T)."""
    tokenizer, model = load()
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        trace = encoder.trace(model.bert, **encoded.model_inputs())
    return encoded, heads.stack(trace)
