"""The layer slider: where tokens' vectors stand in a plane, and how they move."""

from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.projection import project_layers, spread_shown
from companion.views.packing import element_id, pack
from companion.views.page import View
from companion.views.reading import groups_of, traced

GRID = 250  # a coordinate is a whole number from 0 to 250


def layer_slider(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
) -> View:
    """Show the tokens' vectors as points in a plane, from the embeddings to the end.

    All steps share one plane, the one in which the tokens of a step spread most: two
    principal components, after each step's mean is subtracted. Arguments and errors
    as `head_view`.
    """
    encoded, trace = traced(tokenizer, model, question, context)
    points = project_layers(trace)
    arrays = {"points": on_grid(points)}
    header = {
        "kind": "layers",
        "tokens": encoded.tokens,
        "groups": groups_of(encoded),
        "shares": [round(share, 2) for share in spread_shown(trace, points).tolist()],
    }
    layers = len(trace.layers)
    words = f"{len(encoded.tokens)} tokens on their way through {layers} layers"
    name = element_id(header, arrays)
    return View("layers", name, pack(header, arrays), words, height=520)


def on_grid(points: Tensor) -> Tensor:
    """Move points, (L + 1, T, 2), to the smallest grid that holds all of them."""
    low, high = points.amin(dim=(0, 1)), points.amax(dim=(0, 1))  # -> (2,)
    return ((points - low) / (high - low).clamp_min(1e-9) * GRID).round().byte()
