"""What every training run shares, whatever the model learns.

loop      `take_steps`: one step after the other, on one processor or on many
steps     AdamW, the learning-rate schedule, one step, the order of the batches
state     checkpoints that survive a kill
log       the loss of each step: a line in a file, and a bar
saving    weights and vocabulary as a folder to load from
outputs   places to write to, checked before the work
options   what a recipe refuses
"""

from typing import TYPE_CHECKING

from companion import lazy

if TYPE_CHECKING:
    from companion.training.saving import save
    from companion.training.steps import adamw, schedule

__all__ = ["adamw", "save", "schedule"]

if not TYPE_CHECKING:  # to a type checker any name would do
    __getattr__, __dir__ = lazy.attributes(
        __name__, {"adamw": "steps", "save": "saving", "schedule": "steps"}
    )
