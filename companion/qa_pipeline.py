"""From questions and contexts to answers, and their places in the contexts. Chapter 7.

Takes the place of the `question-answering` pipeline that Transformers had until 5.2.
"""

import copy
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

import torch
from torch import Tensor
from tqdm import tqdm
from transformers import BertForQuestionAnswering, BertTokenizer

from companion.answers import Answer, best_answers
from companion.batches import Task, groups, logits_of
from companion.qa_arguments import (
    Lengths,
    Texts,
    check_tokens,
    count,
    lengths,
    pairs,
)
from companion.windows import read, run

LONGEST_ANSWER = 15  # tokens


class QuestionAnswerer:
    """Answers a question with a piece of the context that comes with it.

        tokenizer, model = companion.load()
        answerer = companion.QuestionAnswerer(tokenizer, model)
        answerer(question="Who?", context="My name is Foo")

    Args:
        tokenizer, model: a BERT that was fine-tuned for question answering.
        device: where to compute; without it, where the model is.
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
        max_question_len: int = 64,
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
        sizes = lengths(
            self.tokenizer, self.model, max_seq_len, doc_stride, max_question_len
        )
        wanted = {
            "top_k": count("top_k", top_k),
            "max_answer_len": count("max_answer_len", max_answer_len),
            "handle_impossible_answer": handle_impossible_answer,
            "align_to_words": align_to_words,
        }
        rows = None if batch_size is None else count("batch_size", batch_size)
        model = self._on(self.device if device is None else as_device(device))
        asked = pairs(question, context)
        is_lazy = not all(
            isinstance(a, str | list | tuple) for a in (question, context)
        )
        if not is_lazy:
            asked = list(asked)  # what cannot be used is refused before work begins
        answers = (
            best_answers(task.context, task.tokens, logits, **wanted)
            for task, logits in self._logits(self._tasks(asked, sizes), model, rows)
        )
        if top_k == 1:
            answers = (best for [best] in answers)
        if isinstance(question, str) and isinstance(context, str):
            return next(answers)
        return answers if is_lazy else list(answers)

    def _tasks(
        self, asked: Iterable[tuple[str, str]], sizes: Lengths
    ) -> Iterator[Task]:
        """Both texts as tokens, and the windows; a context that comes again is kept."""
        read_once = lru_cache(maxsize=8)(partial(read, self.tokenizer))
        for question, context in asked:
            ids = read(self.tokenizer, question).ids
            tokens = read_once(context)
            check_tokens("question", question, len(ids))
            check_tokens("context", context, len(tokens))
            ids = ids[: sizes.question]
            windows = sizes.windows(len(ids), len(tokens))
            yield Task(ids, context, tokens, windows)

    def _logits(
        self, tasks: Iterator[Task], model: BertForQuestionAnswering, rows: int | None
    ) -> Iterator[tuple[Task, Tensor]]:
        """Each task with its context's logits; where it takes long, a bar tells."""
        with tqdm(total=0, unit=" windows", disable=None, leave=False, delay=2) as bar:

            def forward(inputs: dict[str, Tensor]) -> Tensor:
                logits = run(model, inputs, self.bfloat16)
                bar.update(len(logits))
                return logits

            for group in groups(tasks):
                bar.total += sum(len(task.windows) for task in group)
                logits = logits_of(group, self.tokenizer, forward, rows)
                yield from zip(group, logits, strict=True)

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


def as_device(device: torch.device | str | int) -> torch.device:
    """The device of that name; ValueError if there is no such name."""
    try:
        return torch.device(device)
    except RuntimeError as error:
        raise ValueError(f"device {device!r} is unknown: {error}") from error


def multiplies_bfloat16(device: torch.device) -> bool:
    """Whether the processor has instructions for it; without, it takes far longer."""
    if device.type == "cpu":
        return (
            torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
        )
    return device.type == "cuda" and torch.cuda.is_bf16_supported()
