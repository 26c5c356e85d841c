"""Chapter 6's exercises: a span by hand, how many spans, no answer, a loss."""

import math
from functools import cache

import torch

from companion.exercises.verdicts import Check, Number
from companion.loading import load
from companion.qa_head import may_win
from companion.running import example


@Check
def check_three_tokens() -> Number:
    """Check the best span of three tokens, by hand."""
    hints = {
        0.3: "That is the largest product, but its span would end before it starts.",
        0.6: "That is the best start alone; it is multiplied by an end.",
        0.06: "That is the second token alone. A longer span does better.",
        0.12: "That is the third token alone. A longer span does better.",
    }
    return Number(0.24, hints, "Multiply each start by each end at or after it.")


@Check
def check_spans() -> Number:
    """Check the number of spans of at most 15 tokens in 100 tokens."""
    hints = {
        100 * 100: "That is every pair; most of them are no span, or too long.",
        100 * 101 / 2: "That is the upper triangle, with spans of up to 100 tokens.",
        100 * 15: "Nearly. How many spans can start at the last token?",
        100 * 15 - 15 * 16 / 2: "Nearly. The last token starts one span, not none.",
    }
    return Number(
        100 * 15 - 14 * 15 // 2,
        hints,
        "How many spans start at the first token, and how many at the last?",
    )


@Check
def check_no_answer() -> Number:
    """Check the score of "no answer" for "Who painted the ceiling?"."""
    start, end = _cls("Who painted the ceiling?")
    hints = {
        start: "That is [CLS] as the start; as the end it has a probability too.",
        end: "That is [CLS] as the end; as the start it has a probability too.",
        start + end: "A score is a product, not a sum.",
        1 - start * end: "That is all the rest: everything but no answer.",
    }
    return Number(start * end, hints, "[CLS] is token 0; the softmax includes it.")


@Check
def check_untrained_loss() -> Number:
    """Check the loss where each of 100 tokens gets the same logits."""
    hints = {
        0.01: "That is the probability of the right token. What is its -ln?",
        2 * math.log(100): "Start and end are averaged, not added.",
        2: "The natural logarithm is meant: torch.log, math.log.",
        math.log2(100): "The natural logarithm is meant: torch.log, math.log.",
        -math.log(
            100
        ): "Check the sign: the logarithm of a number below 1 is negative.",
    }
    return Number(
        math.log(100),
        hints,
        "Equal logits give equal probabilities. How large is each, of 100 tokens?",
    )


@cache
def _cls(question: str) -> tuple[float, float]:
    """Compute what `[CLS]` gets as a start and as an end, for the paragraph."""
    tokenizer, model = load()
    encoded = example(tokenizer, model, question)
    allowed = may_win(encoded.is_context)
    with torch.inference_mode():
        output = model(**encoded.model_inputs())
    start, end = (
        float(torch.softmax(logits[0][allowed], dim=0)[0])
        for logits in (output.start_logits, output.end_logits)
    )
    return start, end
