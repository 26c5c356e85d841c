"""The book's drawings in Matplotlib; each function takes and returns an Axes.

A module a chapter, named after its topic; all are called as `figures.name(...)`.
"""

from companion.figures.architecture import (
    data_flow,
    parameters_by_part,
    span_probabilities,
)
from companion.figures.attention import (
    attention_flow,
    one_query,
    quadratic_share,
    scale_effect,
    weight_maps,
)
from companion.figures.embeddings import (
    before_and_after,
    embedding_sum,
    position_similarity,
    term_norms,
)
from companion.figures.encoder import (
    activations,
    layer_flow,
    over_layers,
    token_maps,
    update_lengths,
)
from companion.figures.qa_head import (
    cross_entropy,
    logits_under_text,
    span_flow,
    span_table,
)
from companion.figures.style import new_axes
from companion.figures.tokens import (
    alignment,
    piece_lengths,
    pieces_by_language,
    wordpiece_steps,
)

__all__ = [
    "activations",
    "alignment",
    "attention_flow",
    "before_and_after",
    "cross_entropy",
    "data_flow",
    "embedding_sum",
    "layer_flow",
    "logits_under_text",
    "new_axes",
    "one_query",
    "over_layers",
    "parameters_by_part",
    "piece_lengths",
    "pieces_by_language",
    "position_similarity",
    "quadratic_share",
    "scale_effect",
    "span_flow",
    "span_probabilities",
    "span_table",
    "term_norms",
    "token_maps",
    "update_lengths",
    "weight_maps",
    "wordpiece_steps",
]
