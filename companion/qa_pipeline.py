"""From a question and a context to an answer, and its place in the context."""

from typing import TypedDict

import torch
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.qa_head import best_span, span_probabilities
from companion.tokens import check_text

LONGEST_ANSWER = 15  # tokens


class Answer(TypedDict):
    """`context[start:end] == answer`; `score` lies between 0 and 1."""

    score: float
    start: int
    end: int
    answer: str


class QuestionAnswerer:
    """Answers a question with a piece of the context that comes with it.

    Called as the `question-answering` pipeline was that Transformers had until 5.2:

        tokenizer, model = companion.load()
        answerer = companion.QuestionAnswerer(tokenizer, model)
        answerer(question="Who?", context="My name is Foo")

    Chapter 1 shows it at work and recomputes its score by hand.
    """

    def __init__(self, tokenizer: BertTokenizer, model: BertForQuestionAnswering):
        self.tokenizer = tokenizer
        self.model = model

    @torch.inference_mode()
    def __call__(self, question: str, context: str) -> Answer:
        """The most probable answer of at most 15 tokens.

        Raises:
            TypeError: if `question` or `context` is not a string.
            ValueError: if one is blank, or both are longer than the model can read.
        """
        check_text("question", question)
        check_text("context", context)
        encoded = self.tokenizer(
            question, context, return_offsets_mapping=True, return_tensors="pt"
        )
        self._check_length(encoded["input_ids"].shape[1])
        offsets = encoded.pop("offset_mapping")[0]  # (T, 2), characters
        is_context = torch.tensor([s == 1 for s in encoded.sequence_ids(0)])
        if not is_context.any():
            raise ValueError(
                f"context has no token that the model could read: {context!r}"
            )

        output = self.model(**encoded)
        starts, ends = span_probabilities(
            output.start_logits[0], output.end_logits[0], is_context
        )
        first, last, score = best_span(starts, ends, LONGEST_ANSWER)
        start, end = int(offsets[first, 0]), int(offsets[last, 1])
        return {
            "score": score,
            "start": start,
            "end": end,
            "answer": context[start:end],
        }

    def _check_length(self, tokens: int) -> None:
        most = self.model.config.max_position_embeddings
        if tokens > most:
            raise ValueError(
                f"context is too long: with the question it has {tokens} tokens, "
                f"and the model reads at most {most}"
            )
