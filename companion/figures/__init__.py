"""The book's drawings in Matplotlib; each function takes and returns an Axes.

A module a chapter, named after its topic; all are called as `figures.name(...)`.
"""

from companion.figures.architecture import (
    data_flow,
    parameters_by_part,
    token_probabilities,
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
from companion.figures.fine_tuning import (
    domain_scores,
    learning_curve,
    learning_stages,
    training_flow,
    trial_scores,
)
from companion.figures.heads import (
    agreement,
    all_heads,
    attention_lines,
    distance_profiles,
    head_effects,
    head_kinds,
    query_times_keys,
    token_measures,
)
from companion.figures.qa_head import (
    cross_entropy,
    logits_under_text,
    span_flow,
    span_table,
)
from companion.figures.qa_pipeline import (
    no_answer_scores,
    padding,
    pipeline_flow,
    reliability,
    window_scores,
    windows_over_context,
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
    "agreement",
    "alignment",
    "all_heads",
    "attention_flow",
    "attention_lines",
    "before_and_after",
    "cross_entropy",
    "data_flow",
    "distance_profiles",
    "domain_scores",
    "embedding_sum",
    "head_effects",
    "head_kinds",
    "layer_flow",
    "learning_curve",
    "learning_stages",
    "logits_under_text",
    "new_axes",
    "no_answer_scores",
    "one_query",
    "over_layers",
    "padding",
    "parameters_by_part",
    "piece_lengths",
    "pieces_by_language",
    "pipeline_flow",
    "position_similarity",
    "quadratic_share",
    "query_times_keys",
    "reliability",
    "scale_effect",
    "span_flow",
    "span_table",
    "term_norms",
    "token_maps",
    "token_measures",
    "token_probabilities",
    "training_flow",
    "trial_scores",
    "update_lengths",
    "weight_maps",
    "window_scores",
    "windows_over_context",
    "wordpiece_steps",
]
