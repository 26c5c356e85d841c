"""The running examples of the book: the notes' own, and a paragraph."""

from transformers import BertForQuestionAnswering, BertTokenizer

from companion.tokens import Encoded, encode

QUESTION = "Who?"
CONTEXT = "My name is Foo"

# Several people, places, days and numbers, so that each question has rivals.
PARAGRAPH = (
    "In March 1898 the botanist Clara Lindqvist left Bergen for Lisbon, where her "
    "brother Anton kept a small museum of maps. She stayed eleven weeks, drew 240 "
    "ferns, and sold her first book to a printer named Duarte. When Anton died in "
    "1907, Clara moved the museum to Oslo; its doors opened to the public on 4 May "
    "1912."
)
QUESTIONS = {
    "Who was her brother?": "Anton",
    "Where did Clara move the museum?": "Oslo",
    "How many ferns did she draw?": "240",
    "How long did she stay?": "eleven weeks",
    "When did the museum open to the public?": "4 May 1912",
    "What was the printer's name?": "Duarte",
}
# The embedded model starts its answer at Clara and ends it at Anton.
HARD_QUESTION, HARD_ANSWER = "Who kept a museum of maps?", "Anton"


def example(
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    question: str,
    context: str = PARAGRAPH,
) -> Encoded:
    """Encode both texts, without the context's last words if the model is too short.

    The book's model reads 512 tokens, far more than the examples have; another
    checkpoint may read fewer.
    """
    encoded = encode(tokenizer, question, context)
    if len(encoded.tokens) <= model.config.max_position_embeddings:
        return encoded
    return example(tokenizer, model, question, context.rsplit(maxsplit=1)[0])
