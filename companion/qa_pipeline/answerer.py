"""`QuestionAnswerer`: questions and contexts in, answers and their places out.

Takes the place of the `question-answering` pipeline that Transformers had until 5.2.
"""

import copy
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.checks import check_integer
from companion.devices import as_device, multiplies_bfloat16
from companion.qa_pipeline.answers import LONGEST_ANSWER, Answer, best_answers
from companion.qa_pipeline.arguments import (
    LONGEST_QUESTION,
    Lengths,
    Texts,
    check_tokens,
    is_lazy,
    lengths,
    pairs,
)
from companion.qa_pipeline.batches import Task, groups, logits_of
from companion.qa_pipeline.windows import text_tokens


class QuestionAnswerer:
    """Answers a question with a piece of the context that comes with it.

        tokenizer, model = companion.load()
        answerer = companion.QuestionAnswerer(tokenizer, model)
        answerer(question="Who?", context="My name is Foo")

    Args:
        tokenizer, model: a BERT that was fine-tuned for question answering.
        device: where to compute; by default, where the model is.
        bfloat16: compute matrix products in this shorter format, on a processor that
            does so natively; scores then have two or three true digits.
    """

    def __init__(
        self,
        tokenizer: BertTokenizer,
        model: BertForQuestionAnswering,
        device: torch.device | str | int | None = None,
        bfloat16: bool = False,
    ):
        self.tokenizer = tokenizer
        self.model = model
        self.device = model.device if device is None else as_device(device)
        self.bfloat16 = bfloat16
        if bfloat16 and not multiplies_bfloat16(self.device):
            raise ValueError(f"bfloat16: {self.device} has no instructions for it")
        self._twins: dict[torch.device, BertForQuestionAnswering] = {}

    def __call__(
        self,
        question: Texts,
        context: Texts,
        *,
        top_k: int = 1,
        doc_stride: int | None = None,
        max_answer_len: int = LONGEST_ANSWER,
        max_seq_len: int | None = None,
        max_question_len: int = LONGEST_QUESTION,
        handle_impossible_answer: bool = False,
        align_to_words: bool = True,
        batch_size: int | None = None,
        device: torch.device | str | int | None = None,
    ) -> Answer | list[Answer] | list[list[Answer]] | Iterator:
        """Answer one question, or many; the arguments are the old pipeline's.

        Args:
            question, context: a string each; or lists, or iterators, of which one may
                be a string that goes with all items of the other.
            top_k: how many answers are wanted; fewer where the context is short.
            doc_stride: tokens that neighbouring windows share, usually 128.
            max_answer_len: tokens.
            max_seq_len: tokens in a window, the question's among them, usually 384.
            max_question_len: tokens; longer questions are cut.
            handle_impossible_answer: whether "no answer" is one, with empty text.
            align_to_words: whether answers begin and end with whole words.
            batch_size: windows in a batch; usually as many as have 1,536 tokens.
            device: where to compute, this time.
        Returns:
            One answer; a list of them where `top_k` is above 1. For lists a list of
            that; for an iterator an iterator, which reads a little ahead.
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
        if isinstance(question, str) and isinstance(context, str):
            return next(answers)
        return answers if is_lazy(question, context) else list(answers)

    def tasks(
        self,
        question: Texts,
        context: Texts,
        *,
        doc_stride: int | None = None,
        max_seq_len: int | None = None,
        max_question_len: int = LONGEST_QUESTION,
    ) -> Iterator[Task]:
        """Prepare each question: both texts as tokens, the context cut into windows.

        Arguments and errors as `__call__` has them. Iterators are read as the tasks are
        asked for; what stands in lists is checked at once, before any work begins.
        """
        sizes = lengths(
            self.tokenizer, self.model, max_seq_len, doc_stride, max_question_len
        )
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
        device: torch.device | str | int | None = None,
    ) -> Iterator[tuple[Task, Tensor]]:
        """Run the model over the windows of `tasks`; arguments as in `__call__`.

        Returns:
            An iterator over the tasks, in order, each with its (2, 1 + N) logits for
            the whole context, as `windows.merge` returns them.
        """
        if batch_size is not None:
            batch_size = check_integer("batch_size", batch_size)
        model = self._on(self.device if device is None else as_device(device))
        return (
            pair
            for group in groups(tasks)
            for pair in zip(
                group,
                logits_of(group, self.tokenizer, model, batch_size, self.bfloat16),
                strict=True,
            )
        )

    def _on(self, device: torch.device) -> BertForQuestionAnswering:
        """The model with fused attention, which gives the same and is faster.

        On the model's own device it shares the weights; the model stays as it is.
        """
        if device not in self._twins:
            shared = [*self.model.parameters(), *self.model.buffers()]
            known = {id(tensor): tensor for tensor in shared}
            twin = copy.deepcopy(
                self.model, known if device == self.model.device else {}
            )
            twin.set_attn_implementation("sdpa")
            try:
                self._twins[device] = twin.to(device)
            except (AssertionError, RuntimeError) as error:
                raise ValueError(f"device {device} cannot be used: {error}") from error
        return self._twins[device]
