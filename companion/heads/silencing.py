"""What happens to an answer without some of the heads."""

import contextlib
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn
from transformers import BertForQuestionAnswering
from transformers.modeling_outputs import QuestionAnsweringModelOutput

Head = tuple[int, int]  # layer and head, both from 0


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


@torch.inference_mode()
def answer_logit(
    model: BertForQuestionAnswering, inputs: dict[str, Tensor], first: int, last: int
) -> Tensor:
    """Run `model` without gradients, then add up as `span_logit` does, (B,)."""
    return span_logit(model(**inputs), first, last)


def span_logit(output: QuestionAnsweringModelOutput, first: int, last: int) -> Tensor:
    """Add the start logit of token `first` and the end logit of token `last`, (B,)."""
    starts, ends = output.start_logits, output.end_logits  # (B, T) each
    return starts[:, first] + ends[:, last]  # (B, T) -> (B,)


def effects(
    model: BertForQuestionAnswering, inputs: dict[str, Tensor], first: int, last: int
) -> Tensor:
    """Measure what the answer's logits lose with one head off, for each head in turn.

    Args:
        inputs: what `model` is called with, for one text.
        first, last: the answer's tokens.
    Returns:
        (L, A), in logits; negative where the answer gains.
    """
    whole = answer_logit(model, inputs, first, last)[0]
    config = model.config
    lost = torch.zeros(config.num_hidden_layers, config.num_attention_heads)
    for i, head in ((i, h) for i in range(len(lost)) for h in range(lost.shape[1])):
        with switched_off(model, [(i, head)]):
            lost[i, head] = whole - answer_logit(model, inputs, first, last)[0]
    return lost
