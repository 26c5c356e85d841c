"""Switch heads off, and measure what happens to an answer and its rivals."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import BertForQuestionAnswering
from transformers.modeling_outputs import QuestionAnsweringModelOutput

from companion.qa_head import best_span, may_win, span_probabilities
from companion.tokens import Encoded

Head = tuple[int, int]  # layer and head, both from 0
LONGEST = 15  # tokens of an answer


class Standing(NamedTuple):
    """How far an answer is ahead of its rivals; each field is (B,).

    The rivals are the best of the other tokens that may win, the context's and `[CLS]`:
    the one with the largest start logit and the one with the largest end logit.
    """

    probability: Tensor  # the start's times the end's
    margin: Tensor  # the answer's logits minus the rivals'; 0 is a tie
    logits: Tensor  # the answer's start logit plus its end logit
    rivals: Tensor  # the rivals' two logits, added up


@contextlib.contextmanager
def switched_off(
    model: BertForQuestionAnswering, heads: Iterable[Head]
) -> Iterator[None]:
    """Let the named heads of the library's model pass on zeros, inside a `with`.

    Raises:
        ValueError: if the model has no such head.
    """
    layers, count = model.bert.encoder.layer, model.config.num_attention_heads
    with contextlib.ExitStack() as hooks:
        for i, head in heads:
            if not (0 <= i < len(layers) and 0 <= head < count):
                raise ValueError(
                    f"heads must be of layers 0 to {len(layers) - 1} and heads 0 to "
                    f"{count - 1}, not {(i, head)}"
                )
            hook = silence(head, model.config.hidden_size // count)
            dense = layers[i].attention.output.dense
            hooks.callback(dense.register_forward_pre_hook(hook).remove)
        yield


def silence(head: int, size: int) -> Callable[[nn.Module, tuple], tuple[Tensor]]:
    """Make a hook that sets one head's part of the output projection's input to zero.

    Args:
        head: counted from 0.
        size: D, the numbers of a head.
    """

    def hook(module: nn.Module, arguments: tuple) -> tuple[Tensor]:
        context = arguments[0].clone()  # (B, T, H), the heads side by side
        context[..., head * size : (head + 1) * size] = 0
        return (context,)

    return hook


def in_range(
    model: BertForQuestionAnswering, heads: Iterable[Sequence[int]]
) -> list[Head]:
    """Take for each head that a smaller model lacks its last layer, its last head."""
    layer = model.config.num_hidden_layers - 1
    head = model.config.num_attention_heads - 1
    return [(min(i, layer), min(h, head)) for i, h in heads]


@torch.inference_mode()
def answer_of(model: BertForQuestionAnswering, encoded: Encoded) -> tuple[int, int]:
    """Find the first and the last token of the model's answer, as chapter 6 does."""
    return likeliest_span(model(**encoded.model_inputs()), encoded)


def likeliest_span(
    output: QuestionAnsweringModelOutput, encoded: Encoded
) -> tuple[int, int]:
    """Find the most probable span of at most 15 tokens: its first token, its last."""
    logits = output.start_logits[0], output.end_logits[0]  # (T,) each
    chances = span_probabilities(*logits, encoded.is_context)
    first, last, _ = best_span(*chances, longest=LONGEST)
    return first, last


@torch.inference_mode()
def standing(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Standing:
    """Run `model` on one text, and compare an answer with its rivals; (1,) each.

    Args:
        first, last: the answer's tokens.
    """
    return span_standing(model(**encoded.model_inputs()), encoded, first, last)


def span_standing(
    output: QuestionAnsweringModelOutput, encoded: Encoded, first: int, last: int
) -> Standing:
    """Compare the span from token `first` to `last` with its rivals; (B,) each."""
    shut_out = ~may_win(encoded.is_context)
    starts, ends = (
        logits.masked_fill(shut_out, -torch.inf)  # (B, T)
        for logits in (output.start_logits, output.end_logits)
    )
    own = starts[:, first] + ends[:, last]  # (B, T) -> (B,)
    rivals = _best_other(starts, first) + _best_other(ends, last)
    chances = starts.softmax(-1)[:, first] * ends.softmax(-1)[:, last]
    return Standing(chances, own - rivals, own, rivals)


def _best_other(logits: Tensor, place: int) -> Tensor:
    """Find the largest logit but for one token's: (B, T) -> (B,)."""
    others = torch.arange(logits.shape[1]) != place
    return logits[:, others].max(dim=-1).values


def effects(
    model: BertForQuestionAnswering, encoded: Encoded, first: int, last: int
) -> Standing:
    """Measure what changes for an answer with one head off, for each head in turn.

    Args:
        first, last: the answer's tokens.
    Returns:
        Four tables, (L, A): without the head, minus with it. Negative is a loss.
    """
    layers, count = model.config.num_hidden_layers, model.config.num_attention_heads
    whole = torch.cat(standing(model, encoded, first, last))  # (4,)
    rows = []
    for layer, head in product(range(layers), range(count)):
        with switched_off(model, [(layer, head)]):
            rows.append(torch.cat(standing(model, encoded, first, last)) - whole)
    return Standing(*torch.stack(rows, dim=-1).unflatten(-1, (layers, count)))
