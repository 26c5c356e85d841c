"""The vectors of all layers in one plane: where tokens stand, and how they move."""

from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.projection import project_layers, spread_shown
from companion.views.packing import pack
from companion.views.page import View
from companion.views.reading import groups_of, traced

GRID = 250  # a point stands on one of 0 to 250 places, each way


def layer_slider(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
) -> View:
    """The tokens' vectors as points in a plane, from the embeddings to the last layer.

    One plane for all steps, the one in which the tokens of a step spread most: two
    principal components, after each step's mean is taken off. Arguments and errors as
    `head_view`.
    """
    encoded, trace = traced(tokenizer, model, question, context)
    points = project_layers(trace)
    header = {
        "kind": "layers",
        "tokens": encoded.tokens,
        "groups": groups_of(encoded),
        "shares": [round(share, 2) for share in spread_shown(trace).tolist()],
    }
    text = pack(header, {"points": on_grid(points)})
    layers = len(trace.layers)
    words = f"{len(encoded.tokens)} tokens on their way through {layers} layers"
    return View("layers", text, words, height=520)


def on_grid(points: Tensor) -> Tensor:
    """The places of points on a grid that just holds them all, from 0 to `GRID`."""
    low, high = points.amin(dim=(0, 1)), points.amax(dim=(0, 1))
    return ((points - low) / (high - low).clamp_min(1e-9) * GRID).round().byte()
