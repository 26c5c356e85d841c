"""The module tree as data: what is in it, and how the parameters are spread over it."""

import re
from dataclasses import dataclass

from torch import nn
from transformers import BertConfig


@dataclass(frozen=True)
class Part:
    """One module: where it hangs in the tree, what it is, and what it holds.

    `shapes` are those of its own parameters, by name; `parameters` counts these and
    those of everything below it; `share` is that count over the whole model's.
    """

    path: str
    kind: str
    shapes: dict[str, tuple[int, ...]]
    parameters: int
    share: float


def tree(model: nn.Module) -> list[Part]:
    """All modules of `model`, from the root down, in the order of the printed tree.

    Chapter 1.
    """
    whole = count_parameters(model)
    return [
        Part(
            path=path,
            kind=type(module).__name__,
            shapes={
                n: tuple(p.shape) for n, p in module.named_parameters(recurse=False)
            },
            parameters=count_parameters(module),
            share=count_parameters(module) / whole,
        )
        for path, module in model.named_modules()
    ]


def named_parts(tree: list[Part]) -> list[Part]:
    """The parts of `tree` that a reader names: embeddings, each layer, the QA head.

    Together they hold every parameter of a BertForQuestionAnswering once. Chapter 1.
    """
    return [part for part in tree if _NAMED.fullmatch(part.path)]


_NAMED = re.compile(r"bert\.embeddings|bert\.encoder\.layer\.\d+|qa_outputs")


def count_parameters(module: nn.Module) -> int:
    """How many numbers training may change in `module`."""
    return sum(parameter.numel() for parameter in module.parameters())


def multiplications_per_token(config: BertConfig, tokens: int) -> int:
    """Multiplications in the matrix products that one of `tokens` tokens costs.

    A weight matrix costs one multiplication for each of its numbers. Attention adds
    the scores and the weighted sum: one for each other token and hidden dimension,
    twice. Look-ups, LayerNorm, softmax and GELU are left out.
    """
    hidden, inner = config.hidden_size, config.intermediate_size
    matrices = 4 * hidden * hidden + 2 * hidden * inner
    attention = 2 * tokens * hidden
    return config.num_hidden_layers * (matrices + attention) + 2 * hidden
