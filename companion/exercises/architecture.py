"""Chapter 1's exercises: count parameters, score another span, take positions away."""

from functools import cache

import torch

from companion.exercises.verdicts import Check, Number, Truth
from companion.loading import load
from companion.qa_head import span_probabilities


@Check
def check_word_table() -> Number:
    """Check the parameters of a table with 30,522 rows of 768 numbers."""
    hints = {
        30_522 + 768: "A table has as many numbers as rows times columns.",
        30_522: "That is the number of rows. How many numbers does each have?",
        28_996 * 768: "That is the cased vocabulary's table; this one has 30,522 rows.",
    }
    return Number(30_522 * 768, hints, "Rows times columns.")


@Check
def check_layer() -> Number:
    """Check the parameters of one layer with H = 1024 and I = 4096."""
    hidden, inner = 1024, 4096
    matrices = 4 * hidden * hidden + 2 * hidden * inner
    biases = 4 * hidden + inner + hidden
    norms = 2 * 2 * hidden
    hints = {
        matrices: "Matrices only: a Linear has a bias too, and there are LayerNorms.",
        matrices + biases: "The two LayerNorms are missing, each with 2 H numbers.",
        matrices + biases + norms // 2: "A layer has two LayerNorms, not one.",
        24 * (matrices + biases + norms): "That is all 24 layers; one was asked for.",
    }
    return Number(
        matrices + biases + norms,
        hints,
        "Take the three lines for a layer above.",
    )


@Check
def check_order() -> Truth:
    """Check whether BERT sees the order of the tokens if all positions are 0."""
    return Truth(
        _order_is_seen_without_positions(),
        "Run the reversed ids with all positions 0, reverse the result, and compare it "
        "with that of the ids in order, but for rounding: what does a token know?",
    )


@Check
def check_longer_span() -> Number:
    """Check the score of "name is Foo" for the question "Who?"."""
    starts, ends, first, last = _who()
    start, end = float(starts[first]), float(ends[last])
    hints = {
        start: "That is only the start's probability; multiply it by the end's.",
        end: "That is only the end's probability; multiply it by the start's.",
        start + end: "The score is the product, not the sum.",
    }
    return Number(start * end, hints, "It starts at `name`, it ends at `##oo`.")


@cache
def _who() -> tuple[torch.Tensor, torch.Tensor, int, int]:
    """Compute both probabilities for the running example; find `name` and `##oo`."""
    tokenizer, model = load()
    inputs = tokenizer("Who?", "My name is Foo", return_tensors="pt")
    with torch.inference_mode():
        output = model(**inputs)
    is_context = torch.tensor([s == 1 for s in inputs.sequence_ids(0)])
    starts, ends = span_probabilities(
        output.start_logits[0], output.end_logits[0], is_context
    )
    first = inputs.char_to_token(0, 3, sequence_index=1)
    return starts, ends, first, inputs.char_to_token(0, 13, sequence_index=1)


@cache
def _order_is_seen_without_positions() -> bool:
    """Run the ids forward and backward with all positions 0, and compare."""
    tokenizer, model = load()
    ids = tokenizer("Who?", "My name is Foo", return_tensors="pt")["input_ids"]
    nowhere = torch.zeros_like(ids)
    with torch.inference_mode():
        onward = model.bert(ids, position_ids=nowhere).last_hidden_state
        back = model.bert(ids.flip(1), position_ids=nowhere).last_hidden_state
    return not torch.allclose(onward, back.flip(1), atol=1e-4)
