"""Train a BERT to guess hidden words, and see what it guesses.

masking      what is hidden, and in which of three ways
heads        the masked-word head, the pooler, the head for next-sentence prediction
texts        pieces of text with words hidden in them, in batches
loop         `pretrain` and its loss
recipe       the settings that a pretraining is repeated from
run          a whole run: read, train, measure, write the card
evaluation   loss, top-1 and top-5 on texts that were held out
card         the model card, written from stored facts
guesser      the book's own model that guesses; `guesses`
miniature    a tiny BERT and its language, trained in seconds
"""

from typing import TYPE_CHECKING

from companion import lazy

if TYPE_CHECKING:
    from companion.pretraining.guesser import guesses, load_masked
    from companion.pretraining.heads import next_sentence_logits, pool, word_logits
    from companion.pretraining.loop import masked_word_loss, pretrain
    from companion.pretraining.masking import hide, may_hide

__all__ = [
    "guesses",
    "hide",
    "load_masked",
    "masked_word_loss",
    "may_hide",
    "next_sentence_logits",
    "pool",
    "pretrain",
    "word_logits",
]

if not TYPE_CHECKING:  # to a type checker any name would do
    __getattr__, __dir__ = lazy.attributes(
        __name__,
        {
            "guesses": "guesser",
            "hide": "masking",
            "load_masked": "guesser",
            "masked_word_loss": "loop",
            "may_hide": "masking",
            "next_sentence_logits": "heads",
            "pool": "heads",
            "pretrain": "loop",
            "word_logits": "heads",
        },
    )
