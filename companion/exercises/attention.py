"""Chapter 4's exercises: weigh by hand, find a head, mask a token, count the cost."""

import math
from functools import cache

import torch

from companion import encoder, running, tokens
from companion.exercises.verdicts import Check, Number
from companion.loading import load


@Check
def check_one_weight() -> Number:
    """Check the weight of the first of two keys, whose scores are 2 and 0."""
    hints = {
        2: "That is the first key's score. Now the softmax over both scores.",
        _sigmoid(4): "That is without the scale: divide by the square root of 4.",
        _sigmoid(1): "That divides by D; the scale is the square root of D.",
        1 - _sigmoid(2): "That is the second key's weight.",
        1: "There are two keys, and the softmax gives each of them something.",
    }
    return Number(_sigmoid(2), hints, "Two dot products, the scale, the softmax.")


def _sigmoid(difference: float) -> float:
    """Compute the larger weight in the softmax of two scores with this difference."""
    return 1 / (1 + math.exp(-difference))


@Check
def check_previous_head() -> Number:
    """Check the head of layer 0 that looks at the token before."""
    means = _trace().layers[0].weights[0].diagonal(-1, 1, 2).mean(dim=-1)
    wanted = int(means.argmax())
    hints = {
        int(_trace().layers[1].weights[0].diagonal(-1, 1, 2).mean(-1).argmax()): (
            "That is the one of layer 1. Look in layer 0."
        ),
        wanted + 1: "Heads are counted from 0.",
    }
    hint = "For each head, the mean of `diagonal(-1)`; which is the largest?"
    return Number(wanted, hints, hint)


@Check
def check_without_f() -> Number:
    """Check what `##oo` gets from `Who` where `F` is shut out."""
    row = _trace().layers[-1].weights[0, 0, 1]
    f, oo = float(row[-3]), float(row[-2])
    hints = {
        oo: "That is the weight with F. Without it the others must sum to 1.",
        oo + f: "F's weight does not all go to ##oo: every weight grows by one factor.",
        0: "That is F's own weight now. What is the weight of ##oo?",
    }
    return Number(oo / (1 - f), hints, "Set F's score to -inf, then the softmax.")


@Check
def check_score_cost() -> Number:
    """Check the multiplications in one layer's scores, T = 512, the notes' shape."""
    pairs = 512 * 512
    hints = {
        pairs: "That counts the pairs. How long is each dot product, in all heads?",
        pairs * 64: "That is one head of twelve.",
        512 * 768: "That is for one token; there are 512 of them.",
        pairs * 768 * 12: "That is all twelve layers; one was asked for.",
        pairs * 384: "That is with the book's H; the notes' shape has 768.",
        pairs * 768 * 2: "The weighted sums cost as much again; leave them out.",
    }
    return Number(pairs * 768, hints, "Pairs of tokens, times D, times heads.")


@cache
def _trace() -> encoder.Trace:
    """Trace the running example."""
    tokenizer, model = load()
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        return encoder.trace(model.bert, **encoded.model_inputs())
