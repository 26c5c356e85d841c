"""Chapter 10's exercises: find a head, switch two off, roll out and add up by hand."""

from functools import cache

import torch

from companion import encoder, heads, running, tokens
from companion.exercises.verdicts import Check, Items, Number
from companion.loading import load


@Check
def check_rollout() -> Number:
    """Check the rollout of one layer by hand, two tokens."""
    hints = {
        0.8: "That is the weight. Half of the token stays where it is: the residual.",
        0.6: "That is what it keeps of itself.",
        0.9: "That is the second token's own share.",
        0.1: "That is what the second token gets from the first.",
    }
    return Number(0.4, hints, "Average the weights with a table of 1 on the diagonal.")


@Check
def check_separator() -> Items:
    """Check the layer and head that give most to `[SEP]` on "Who?"."""
    encoded, weights = _who()
    share = heads.shares(weights, encoded)["[SEP]"]
    layer, head = heads.strongest(share)
    hints = [([head, layer], "The layer comes first.")]
    otherwise = "heads.shares(weights, encoded)['[SEP]'] is (L, A); where is its peak?"
    return Items([layer, head], hints, otherwise)


@Check
def check_margin() -> Number:
    """Check what a margin does when the answer's logits fall less than the rivals'."""
    hints = {
        -0.5: "That is what the answer's own logits do; the rivals fall too.",
        -2.5: "Both fall: take the rivals' fall away.",
        -1.5: "The right size, but the rivals fall behind.",
    }
    otherwise = "The margin is the answer's two logits minus the rivals' two."
    return Number(1.5, hints, otherwise)


@Check
def check_cube() -> Number:
    """Check the integrated gradients of the cube of a number, from 0 to 2."""
    hints = {
        24: "That is gradient × input: the slope at 2, times 2.",
        12: "That is the slope at 2.",
        4: "That is the mean slope. Multiply it with the way.",
    }
    return Number(8, hints, "Completeness: it is the difference of the two results.")


@Check
def check_two_heads() -> Number:
    """Check what the margin of the answer to "Who?" does with two heads off."""
    one, other, both = _two_off()
    hints = {
        one + other: "That is the sum of the two, one by one. Switch both off at once.",
        one: "That is the head that looks back, alone.",
        other: "That is the other head, alone.",
        -both: "Without the heads, minus with them: negative is a loss.",
    }
    otherwise = "Give `switched_off` a list of both, then ask for the standing inside."
    return Number(both, hints, otherwise)


@cache
def _two_off() -> tuple[float, float, float]:
    """Measure how the margin of `Foo` changes without one head, the other, both."""
    model, (encoded, weights) = load()[1], _who()
    answer = heads.answer_of(model, encoded)
    asks = ~encoded.is_special & ~encoded.is_context
    answers = torch.zeros_like(asks)
    answers[answer[0] : answer[1] + 1] = True
    two = [
        heads.strongest(heads.given(weights, answers, asks)),
        heads.strongest(heads.given(weights, asks, answers)),
    ]
    whole = heads.standing(model, encoded, *answer).margin
    changes = []
    for off in (two[:1], two[1:], two):
        with heads.switched_off(model, off):
            left = heads.standing(model, encoded, *answer).margin
        changes.append(float(left - whole))
    return changes[0], changes[1], changes[2]


@cache
def _who() -> tuple[tokens.Encoded, torch.Tensor]:
    """Encode the running example, and stack its attention weights, (L, A, T, T)."""
    tokenizer, model = load()
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        trace = encoder.trace(model.bert, **encoded.model_inputs())
    return encoded, heads.stack(trace)
