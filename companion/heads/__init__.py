"""What trained heads look at, and what an answer owes to them.

weights       where heads look: shares, rollout, lengths of what is carried
silencing     what happens to an answer without some of the heads
attribution   which tokens an answer rests on, by six measures
"""

from companion.heads.silencing import (
    Head,
    answer_logit,
    effects,
    silence,
    switched_off,
)
from companion.heads.weights import (
    by_distance,
    entropy,
    rollout,
    shares,
    stack,
    value_norms,
)

__all__ = [
    "Head",
    "answer_logit",
    "by_distance",
    "effects",
    "entropy",
    "rollout",
    "shares",
    "silence",
    "stack",
    "switched_off",
    "value_norms",
]
