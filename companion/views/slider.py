"""The layer slider: where tokens' vectors stand in a plane, and how they move."""

import torch
from torch import Tensor, nn
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.encoder import Trace
from companion.projection import project_each, project_layers, spread_shown
from companion.qa_head import best_spans, span_logits, span_probabilities
from companion.tokens import Encoded
from companion.views.choices import number_from, token_from
from companion.views.packing import element_id, pack
from companion.views.page import View
from companion.views.reading import groups_of, traced

GRID = 250  # a coordinate is a whole number from 0 to 250
LONGEST = 15  # tokens of an answer
SPANS = 40  # of the likeliest, among which rivals are looked for
RIVALS = 2


def layer_slider(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str,
    *,
    layer: int | None = None,
    token: str | int | None = None,
) -> View:
    """Show the tokens' vectors as points in a plane, from the embeddings to the end.

    All steps share one plane, the one in which the tokens of a step spread most: two
    principal components, after each step's mean is subtracted. In the page each step's
    own plane can be chosen instead. The question, the answer and its rivals have names.

    Args:
        tokenizer, model, question, context: as for `head_view`.
        layer: the step to open on is the one after this layer; by default the
            embeddings.
        token: one more token to name, by its place or its text.

    Raises:
        TypeError, ValueError: as `head_view`.
    """
    encoded, trace = traced(tokenizer, model, question, context)
    shared, own = project_layers(trace), _turned(project_each(trace))
    arrays = {
        "points": on_grid(shared),
        "own": torch.stack([on_grid(step[None])[0] for step in own]),
    }
    header = {
        "kind": "layers",
        "tokens": encoded.tokens,
        "groups": told_apart(model, encoded, trace),
        "shares": _rounded(spread_shown(trace, shared)),
        "own_shares": _rounded(spread_shown(trace, own)),
        "open": _opened(layer, token, encoded, trace),
    }
    layers = len(trace.layers)
    words = f"{len(encoded.tokens)} tokens on their way through {layers} layers"
    name = element_id(header, arrays)
    return View("layers", name, pack(header, arrays), words, height=600)


def _opened(
    layer: int | None, token: str | int | None, encoded: Encoded, trace: Trace
) -> dict[str, int]:
    chosen = number_from("layer", layer, list(range(len(trace.layers))))
    place = token_from(token, encoded.tokens)
    state = {"step": None if chosen is None else chosen + 1, "token": place}
    return {name: number for name, number in state.items() if number is not None}


def _rounded(shares: Tensor) -> list[float]:
    return [round(share, 2) for share in shares.tolist()]


def on_grid(points: Tensor) -> Tensor:
    """Move points, (L + 1, T, 2), to the smallest grid that holds all of them."""
    low, high = points.amin(dim=(0, 1)), points.amax(dim=(0, 1))  # -> (2,)
    return ((points - low) / (high - low).clamp_min(1e-9) * GRID).round().byte()


def _turned(points: Tensor) -> Tensor:
    """Turn each step's map, (L + 1, T, 2), so that it lies as the one before.

    A map of its own has no up and no left. This is the turn, or the mirroring, that
    brings the tokens nearest to where they were: orthogonal Procrustes.
    """
    turned = [points[0]]
    for step in points[1:]:
        left, _, right = torch.linalg.svd(step.T @ turned[-1])  # of (2, 2)
        turned.append(step @ left @ right)  # (T, 2)
    return torch.stack(turned)


@torch.inference_mode()
def told_apart(model: nn.Module, encoded: Encoded, trace: Trace) -> list[str]:
    """Return what each token is: as `groups_of`, with "answer" and "rival" too.

    Rivals are the likeliest other answers that share no token with the first, or with
    one another. A model without a QA head has neither.
    """
    groups = groups_of(encoded)
    if not isinstance(model, BertForQuestionAnswering):
        return groups
    logits = span_logits(model.qa_outputs, trace.layers[-1].output)  # (1, T) each
    chances = span_probabilities(logits[0][0], logits[1][0], encoded.is_context)
    named = 0
    for first, last, _ in best_spans(*chances, longest=LONGEST, top_k=SPANS):
        span = slice(first, last + 1)
        if set(groups[span]) == {"context"} and named <= RIVALS:
            groups[span] = ["rival" if named else "answer"] * (last + 1 - first)
            named += 1
    return groups
