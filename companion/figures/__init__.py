"""The book's drawings in Matplotlib; each function takes and returns an Axes.

A module a chapter, named after its topic; all are called as `figures.name(...)`.
"""

from companion.figures.architecture import (
    data_flow,
    parameters_by_part,
    span_probabilities,
)
from companion.figures.embeddings import (
    before_and_after,
    embedding_sum,
    position_similarity,
    term_norms,
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
)

__all__ = [
    "alignment",
    "before_and_after",
    "cross_entropy",
    "data_flow",
    "embedding_sum",
    "logits_under_text",
    "new_axes",
    "parameters_by_part",
    "piece_lengths",
    "pieces_by_language",
    "position_similarity",
    "span_flow",
    "span_probabilities",
    "span_table",
    "term_norms",
]
