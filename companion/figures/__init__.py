"""The book's drawings in Matplotlib: each function makes an Axes and returns it.

Those with several panels return them in a list. One module per chapter, named after its
topic, and `plane` for arrows in the plane; all are called as `figures.name(...)`. They
need the extra `figures`.
"""

import logging

from companion import extras

# Matplotlib logs this once while it builds its font cache; keep it off the pages.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
extras.require("matplotlib", "figures")

from companion.figures.architecture import (  # noqa: E402
    data_flow,
    parameters_by_part,
    token_probabilities,
)
from companion.figures.attention import (  # noqa: E402
    attention_flow,
    weight_maps,
)
from companion.figures.embeddings import (  # noqa: E402
    embedding_sum,
    position_similarity,
    position_waves,
    term_norms,
)
from companion.figures.encoder import (  # noqa: E402
    activations,
    layer_flow,
    over_layers,
    right_after_layers,
    token_maps,
    update_lengths,
)
from companion.figures.fine_tuning import (  # noqa: E402
    ablation_scores,
    domain_scores,
    learning_curve,
    learning_stages,
    training_flow,
)
from companion.figures.heads import (  # noqa: E402
    agreement,
    all_heads,
    attention_lines,
    head_effects,
    head_kinds,
    query_times_keys,
    token_measures,
)
from companion.figures.plane import (  # noqa: E402
    one_head_or_two,
    query_and_mixture,
)
from companion.figures.pretraining import (  # noqa: E402
    bodies_that_guess,
    guessing_flow,
    resting_curve,
    slope_at,
)
from companion.figures.qa_head import (  # noqa: E402
    cross_entropy,
    logits_under_text,
    span_flow,
    span_table,
)
from companion.figures.qa_pipeline import (  # noqa: E402
    no_answer_scores,
    padding,
    pipeline_flow,
    reliability,
    window_scores,
    windows_over_context,
)
from companion.figures.tokens import (  # noqa: E402
    alignment,
    piece_lengths,
    pieces_by_language,
    wordpiece_steps,
)

__all__ = [
    "ablation_scores",
    "activations",
    "agreement",
    "alignment",
    "all_heads",
    "attention_flow",
    "attention_lines",
    "bodies_that_guess",
    "cross_entropy",
    "data_flow",
    "domain_scores",
    "embedding_sum",
    "guessing_flow",
    "head_effects",
    "head_kinds",
    "layer_flow",
    "learning_curve",
    "learning_stages",
    "logits_under_text",
    "no_answer_scores",
    "one_head_or_two",
    "over_layers",
    "padding",
    "parameters_by_part",
    "piece_lengths",
    "pieces_by_language",
    "pipeline_flow",
    "position_similarity",
    "position_waves",
    "query_and_mixture",
    "query_times_keys",
    "reliability",
    "resting_curve",
    "right_after_layers",
    "slope_at",
    "span_flow",
    "span_table",
    "term_norms",
    "token_maps",
    "token_measures",
    "token_probabilities",
    "training_flow",
    "update_lengths",
    "weight_maps",
    "window_scores",
    "windows_over_context",
    "wordpiece_steps",
]
