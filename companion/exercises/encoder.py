"""Chapter 5's exercises: GELU by hand, a question hidden once, a token alone."""

import math
from functools import cache

import torch

from companion.encoder import trace, trace_layer
from companion.exercises.verdicts import Check, Number, Truth
from companion.loading import load
from companion.qa_head import answer_from, hide_question
from companion.running import example


@Check
def check_gelu() -> Number:
    """Check GELU at -1."""
    share = 0.5 * (1 + math.erf(-1 / math.sqrt(2)))
    hints = {
        share: "That is the share below -1. GELU is x times that share, and x is -1.",
        1 - share: "That is GELU at 1. Below -1 is only the rest of the distribution.",
        share - 1: "You took the share below 1. Less of the distribution is below -1.",
        0: "That is what ReLU gives. GELU lets a little of a negative number pass.",
    }
    return Number(-share, hints, "x times the share below x, at x = -1.")


@Check
def check_hidden_layer() -> Number:
    """Check where hiding "What was the printer's name?" in one layer hurts most."""
    scores = _scores_hidden_once("What was the printer's name?")
    worst, best = scores.index(min(scores)), scores.index(max(scores))
    hints = {
        best: "There the score is highest. Where is it lowest?",
        len(scores): "Layers are counted from 0.",
        min(scores): "That is the score; the number of the layer is asked for.",
    }
    hint = "Give the mask to one layer, None to all others, and compare the scores."
    return Number(worst, hints, hint)


@Check
def check_alone() -> Truth:
    """Check whether a token knows of the others without attention's updates."""
    return Truth(
        False,
        "What is left of a layer is a sum of the token's own vector, LayerNorm and "
        "feed-forward. Does any of them look at another token?",
    )


@cache
def _scores_hidden_once(question: str) -> list[float]:
    """Score the best answer with the question hidden in each layer alone."""
    tokenizer, model = load()
    encoded = example(tokenizer, model, question)
    mask, layers = hide_question(encoded, model.dtype), model.bert.encoder.layer
    scores = []
    with torch.inference_mode():
        begun = trace(model.bert, **encoded.model_inputs()).embeddings.output
        for hiding in layers:
            hidden = begun
            for module in layers:
                here = mask if module is hiding else None
                hidden = trace_layer(module, hidden, here).output
            scores.append(answer_from(model.qa_outputs, hidden, encoded)[1])
    return scores
