"""How fast this processor multiplies matrices: what other speeds are compared with."""

import time

import torch
from transformers import BertConfig

SECONDS = 0.5


def matrix_rate(rows: int, config: BertConfig, kind: torch.dtype) -> float:
    """Operations per second in a model's largest matrix product, for `rows` tokens.

    The best of many tries, by the clock of this process: other work does not count.
    """
    a = torch.randn(rows, config.hidden_size, dtype=kind)
    b = torch.randn(config.hidden_size, config.intermediate_size, dtype=kind)
    best, end = float("inf"), time.process_time() + SECONDS
    while time.process_time() < end:
        began = time.process_time()
        a @ b
        best = min(best, time.process_time() - began)
    return 2 * rows * b.numel() / best
