"""One check a task: it prints "not answered yet", "right", or what is wrong and a hint.

A check never raises, whatever it is given. `answer = ...` counts as not answered. There
is a module for each chapter; all are called as `exercises.check_name(answer)`.
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
    check_break_even,
    check_gelu,
    check_one_linear,
)
from companion.exercises.qa_head import (
    check_no_answer,
    check_spans,
    check_three_tokens,
    check_untrained_loss,
)
from companion.exercises.tokens import (
    check_longest_word,
    check_padded,
    check_pieces,
    check_types,
)

__all__ = [
    "check_alone",
    "check_break_even",
    "check_gelu",
    "check_layer",
    "check_layer_norm",
    "check_longer_span",
    "check_longest_word",
    "check_no_answer",
    "check_one_hot",
    "check_one_linear",
    "check_one_weight",
    "check_order",
    "check_padded",
    "check_pieces",
    "check_previous_head",
    "check_score_cost",
    "check_spans",
    "check_swap",
    "check_tables",
    "check_three_tokens",
    "check_types",
    "check_untrained_loss",
    "check_without_f",
    "check_word_table",
]
