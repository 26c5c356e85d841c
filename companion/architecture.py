"""The module tree as data: its parts, and how the parameters are spread over them."""

import re
from dataclasses import dataclass

from torch import nn
from transformers import BertConfig


@dataclass(frozen=True)
class Part:
    """One module: its place in the tree, its class, and its parameters.

    `shapes` are those of its own parameters, by name; `parameters` counts these and
    those of everything below it; `share` is that count over the whole model's.
    """

    path: str
    kind: str
    shapes: dict[str, tuple[int, ...]]
    parameters: int
    share: float


def tree(model: nn.Module) -> list[Part]:
    """List all modules of `model`, from the root down, as the printed tree has them."""
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
    """Pick the parts of `tree` with names of their own: embeddings, layers, QA head.

    Together they hold every parameter of a BertForQuestionAnswering once.
    """
    return [part for part in tree if _NAMED.fullmatch(part.path)]


_NAMED = re.compile(r"bert\.embeddings|bert\.encoder\.layer\.\d+|qa_outputs")


def count_parameters(module: nn.Module) -> int:
    """Count the numbers that training may change in `module`."""
    return sum(parameter.numel() for parameter in module.parameters())


def multiplications_per_token(config: BertConfig, tokens: int) -> dict[str, int]:
    """Count the multiplications in the matrix products, per token and by part.

    A weight matrix costs one for each of its numbers. Attention's scores and weighted
    sums cost one for each token that is looked at and each of the H dimensions. The
    parts are summed over all layers; look-ups, LayerNorm, softmax and GELU, which have
    no matrix product, are left out. Chapters 4 and 5.

    Args:
        config: of the model.
        tokens: T, the length of the text that the token is in.

    Raises:
        ValueError: if `tokens` is not at least 1.
    """
    if tokens < 1:
        raise ValueError(f"tokens must be at least 1, not {tokens}")
    hidden, layers = config.hidden_size, config.num_hidden_layers
    return {
        "queries, keys, values": layers * 3 * hidden * hidden,
        "scores": layers * tokens * hidden,
        "weighted sums": layers * tokens * hidden,
        "attention output": layers * hidden * hidden,
        "feed-forward": layers * 2 * hidden * config.intermediate_size,
        "qa_outputs": 2 * hidden,
    }
