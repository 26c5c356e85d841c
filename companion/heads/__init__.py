"""What trained heads look at, and what an answer owes to them.

weights       where heads look: shares, rollout, lengths of what is carried
silencing     what an answer loses without some of the heads
attribution   which tokens an answer rests on, by six measures
"""

from companion.heads.silencing import (
    Head,
    Standing,
    answer_of,
    effects,
    in_range,
    likeliest_span,
    silence,
    span_standing,
    standing,
    switched_off,
)
from companion.heads.weights import (
    given,
    rollout,
    shares,
    stack,
    strongest,
    value_norms,
)

__all__ = [
    "Head",
    "Standing",
    "answer_of",
    "effects",
    "given",
    "in_range",
    "likeliest_span",
    "rollout",
    "shares",
    "silence",
    "span_standing",
    "stack",
    "standing",
    "strongest",
    "switched_off",
    "value_norms",
]
