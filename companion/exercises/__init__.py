"""One check per task: it prints "not answered yet", "right", or a hint.

A check never raises, whatever it is given. `answer = ...` counts as not answered. There
is one module per chapter; all are called as `exercises.check_name(answer)`.
"""

from companion.exercises.architecture import (
    check_layer,
    check_longer_span,
    check_order,
    check_word_table,
)
from companion.exercises.attention import (
    check_one_weight,
    check_previous_head,
    check_score_cost,
    check_without_f,
)
from companion.exercises.embeddings import (
    check_layer_norm,
    check_one_hot,
    check_swap,
    check_tables,
)
from companion.exercises.encoder import (
    check_alone,
    check_gelu,
    check_hidden_layer,
)
from companion.exercises.fine_tuning import (
    check_band,
    check_f1,
    check_labels,
)
from companion.exercises.heads import (
    check_cube,
    check_margin,
    check_rollout,
    check_separator,
    check_two_heads,
)
from companion.exercises.pretraining import (
    check_gradient,
    check_masks,
    check_rest,
    check_two_guesses,
)
from companion.exercises.qa_head import (
    check_no_answer,
    check_spans,
    check_three_tokens,
    check_untrained_loss,
)
from companion.exercises.qa_pipeline import (
    check_speaker,
    check_threshold,
    check_widening,
    check_windows,
)
from companion.exercises.tokens import (
    check_first_pieces,
    check_padded,
    check_pieces,
    check_types,
)

__all__ = [
    "check_alone",
    "check_band",
    "check_cube",
    "check_f1",
    "check_first_pieces",
    "check_gelu",
    "check_gradient",
    "check_hidden_layer",
    "check_labels",
    "check_layer",
    "check_layer_norm",
    "check_longer_span",
    "check_margin",
    "check_masks",
    "check_no_answer",
    "check_one_hot",
    "check_one_weight",
    "check_order",
    "check_padded",
    "check_pieces",
    "check_previous_head",
    "check_rest",
    "check_rollout",
    "check_score_cost",
    "check_separator",
    "check_spans",
    "check_speaker",
    "check_swap",
    "check_tables",
    "check_three_tokens",
    "check_threshold",
    "check_two_guesses",
    "check_two_heads",
    "check_types",
    "check_untrained_loss",
    "check_widening",
    "check_windows",
    "check_without_f",
    "check_word_table",
]
