"""How fast this processor multiplies matrices: what other speeds are compared with."""

import time
from collections.abc import Callable

import torch
from torch import Tensor
from transformers import BertConfig

SECONDS = 0.5


def matrix_rate(rows: int, config: BertConfig, kind: torch.dtype) -> float:
    """Operations per second in a model's largest matrix product, for `rows` tokens.

    It is PyTorch's own product that is measured. A processor may do better: in float32
    see `onednn_rate`.
    """
    x, weight = _operands(rows, config, kind)
    return 2 * rows * weight.numel() / _best(lambda: x @ weight.t())


def onednn_rate(rows: int, config: BertConfig, kind: torch.dtype) -> float:
    """The same by oneDNN, with a weight in its own layout."""
    x, weight = _operands(rows, config, kind)
    packed = torch.ops.mkldnn._reorder_linear_weight(weight)
    pointwise = torch.ops.mkldnn._linear_pointwise.default
    seconds = _best(lambda: pointwise(x, packed, None, "none", [], "none"))
    return 2 * rows * weight.numel() / seconds


def _operands(
    rows: int, config: BertConfig, kind: torch.dtype
) -> tuple[Tensor, Tensor]:
    x = torch.randn(rows, config.hidden_size, dtype=kind)
    weight = torch.randn(config.intermediate_size, config.hidden_size, dtype=kind)
    return x, weight


def _best(call: Callable[[], Tensor]) -> float:
    """Seconds of the best of many tries, by the clock of this process."""
    best, end = float("inf"), time.process_time() + SECONDS
    with torch.inference_mode():
        while time.process_time() < end:
            began = time.process_time()
            call()
            best = min(best, time.process_time() - began)
    return best
