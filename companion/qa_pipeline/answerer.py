"""`QuestionAnswerer`: questions and contexts in, answers and their places out.

Takes the place of the `question-answering` pipeline that Transformers had until 5.2.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import torch
from torch import Tensor
from transformers import PreTrainedModel
from transformers import PreTrainedTokenizerBase as Tokenizer

from companion.checks import check_integer
from companion.devices import as_device, multiplies_bfloat16
from companion.qa_pipeline.answers import LONGEST_ANSWER, Answer, best_answers
from companion.qa_pipeline.arguments import (
    LONGEST_QUESTION,
    Lengths,
    check_tokens,
    lengths,
)
from companion.qa_pipeline.batches import Task, groups, logits_of
from companion.qa_pipeline.families import family_of
from companion.qa_pipeline.models import check_answering, on_device
from companion.qa_pipeline.pairing import Asked, Texts, is_lazy, is_single, pairs
from companion.qa_pipeline.texts import text_tokens

Device = torch.device | str | int


class QuestionAnswerer:
    """Answers a question with a piece of the context that comes with it.

        tokenizer, model = companion.load()
        answerer = companion.QuestionAnswerer(tokenizer, model)
        answerer(question="Who?", context="My name is Foo")

    It asks the model as it is at each call, with its hooks and its present weights.

    Args:
        tokenizer, model: an encoder that was fine-tuned for question answering, such as
            a BERT, DistilBERT, RoBERTa or DeBERTa, and its fast tokenizer.
        device: where to compute; by default, where the model is. On another device
            each call works with a copy: if you ask one question at a time, move the
            model there first.
        bfloat16: compute matrix products in this shorter format, on a processor that
            does so natively; scores then have two or three true digits.
    Raises:
        TypeError, ValueError: if the model is not an encoder for question answering in
            evaluation mode, if the tokenizer is not a fast one that pads on the right,
            or if the device is not here or lacks bfloat16.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        model: PreTrainedModel,
        device: Device | None = None,
        bfloat16: bool = False,
    ):
        self.tokenizer = tokenizer
        self.model = model
        self.device = None if device is None else as_device(device)
        self.bfloat16 = bfloat16
        family_of(tokenizer, model)
        self._place(None)

    def __call__(
        self,
        question: Asked,
        context: Texts | None = None,
        *,
        top_k: int = 1,
        doc_stride: int | None = None,
        max_answer_len: int = LONGEST_ANSWER,
        max_seq_len: int | None = None,
        max_question_len: int = LONGEST_QUESTION,
        handle_impossible_answer: bool = False,
        align_to_words: bool = True,
        batch_size: int | None = None,
        device: Device | None = None,
    ) -> Answer | list[Answer] | list[list[Answer]] | Iterator:
        """Answer one question, or many; the arguments are the old pipeline's.

        Args:
            question, context: a string each; or lists, or iterators, of which one may
                be a string that goes with all items of the other. Or no context, and
                as question a mapping with "question" and "context", or several; a
                `SquadExample` of Transformers counts as one.
            top_k: how many answers to return; fewer if the context is short.
            doc_stride: tokens that neighbouring windows share, usually 128.
            max_answer_len: tokens.
            max_seq_len: tokens per window, the question's among them, usually 384.
            max_question_len: tokens; longer questions are cut.
            handle_impossible_answer: whether "no answer" is one, with empty text.
            align_to_words: whether answers begin and end with whole words.
            batch_size: windows per batch; usually as many as have 1,536 tokens.
            device: where to compute, this time: a device, its name, or a number, -1
                for the CPU.
        Returns:
            One answer; a list of them if `top_k` is above 1. For lists a list of that;
            for an iterator an iterator, which reads a little ahead.
        Raises:
            TypeError, ValueError: naming the argument that cannot be used.
        """
        find = partial(
            best_answers,
            top_k=check_integer("top_k", top_k),
            max_answer_len=check_integer("max_answer_len", max_answer_len),
            handle_impossible_answer=handle_impossible_answer,
            align_to_words=align_to_words,
        )
        tasks = self.tasks(
            question,
            context,
            doc_stride=doc_stride,
            max_seq_len=max_seq_len,
            max_question_len=max_question_len,
        )
        logits = self.logits(tasks, batch_size=batch_size, device=device)
        answers: Iterator = (
            find(task.context, task.tokens, row) for task, row in logits
        )
        if top_k == 1:
            answers = (best for [best] in answers)
        if is_single(question, context):
            return next(answers)
        return answers if is_lazy(question, context) else list(answers)

    def tasks(
        self,
        question: Asked,
        context: Texts | None = None,
        *,
        doc_stride: int | None = None,
        max_seq_len: int | None = None,
        max_question_len: int = LONGEST_QUESTION,
    ) -> Iterator[Task]:
        """Prepare each question: both texts as tokens, the context cut into windows.

        Arguments and errors are those of `__call__`. Iterators are read as the tasks
        are asked for; what stands in lists is checked at once, before any work begins.
        """
        special = family_of(self.tokenizer, self.model).special
        given = (max_seq_len, doc_stride, max_question_len)
        sizes = lengths(self.tokenizer, self.model, *given, special=special)
        asked = pairs(question, context)
        return self._tasks(
            asked if is_lazy(question, context) else iter(list(asked)), sizes
        )

    def _tasks(
        self, asked: Iterator[tuple[str, str]], sizes: Lengths
    ) -> Iterator[Task]:
        read_once = lru_cache(maxsize=8)(partial(text_tokens, self.tokenizer))
        for question, context in asked:
            ids = text_tokens(self.tokenizer, question).ids
            tokens = read_once(context)
            check_tokens("question", question, len(ids))
            check_tokens("context", context, len(tokens))
            ids = ids[: sizes.question]
            yield Task(ids, context, tokens, sizes.windows(len(ids), len(tokens)))

    def logits(
        self,
        tasks: Iterable[Task],
        *,
        batch_size: int | None = None,
        device: Device | None = None,
    ) -> Iterator[tuple[Task, Tensor]]:
        """Run the model over the windows of `tasks`; arguments as in `__call__`.

        Returns:
            An iterator over the tasks, in order, each with its (2, 1 + N) logits for
            the whole context, as `windows.merge` returns them.
        """
        if batch_size is not None:
            batch_size = check_integer("batch_size", batch_size)
        check_answering(self.model)
        return self._logits(tasks, batch_size, self._place(device))

    def _logits(
        self, tasks: Iterable[Task], size: int | None, device: torch.device
    ) -> Iterator[tuple[Task, Tensor]]:
        family = family_of(self.tokenizer, self.model)
        for group in groups(tasks):
            model = on_device(self.model, device)
            rows = logits_of(group, family, model, size, self.bfloat16)
            yield from zip(group, rows, strict=True)

    def _place(self, device: Device | None) -> torch.device:
        """Where to compute; ValueError if that has no bfloat16, and it is wanted."""
        place = self.device or self.model.device
        if device is not None:
            place = as_device(device)
        if self.bfloat16 and not multiplies_bfloat16(place):
            raise ValueError(f"bfloat16: {place} has no instructions for it")
        return place
