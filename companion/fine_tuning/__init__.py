"""Fine-tune a BERT for extractive question answering, and measure it.

run              a whole run: read, train, measure, write the card
sources          what can stand after `--data`
squad            questions in SQuAD's format, read and checked
references       their answers, in the forms that files have them in
short_contexts   short questions, made from templates
held_out         which questions training never sees
features         windows with labels, in batches
recipe           the settings that a training run is repeated from
carry_over       the starting point: an encoder, and another one's vocabulary
loop             `fine_tune` and its loss
metrics          exact match and F1, by SQuAD's rules
evaluation       a model asked many questions, and the figures
reports          the figures of several files together
card, card_text  the model card, written from stored facts
"""

from typing import TYPE_CHECKING

from companion import lazy

if TYPE_CHECKING:
    from companion.fine_tuning.loop import fine_tune, span_loss
    from companion.fine_tuning.recipe import Recipe

__all__ = ["Recipe", "fine_tune", "span_loss"]

if not TYPE_CHECKING:  # to a type checker any name would do
    __getattr__, __dir__ = lazy.attributes(
        __name__,
        {
            "Recipe": "recipe",
            "fine_tune": "loop",
            "span_loss": "loop",
        },
    )
