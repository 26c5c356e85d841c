"""What a processor can do in float32 that PyTorch does not ask of it.

    product             `F.linear`, by oneDNN where that is faster
    fast_products       a context in which that holds for whatever calls `F.linear`
    gains_by_onednn     is it faster here?
    keep_freed_memory   so that a layer need not ask the system for its memory anew

PyTorch multiplies float32 matrices with MKL, which on an AMD processor with AVX-512
stays at AVX2. oneDNN, which comes with PyTorch too, does not. It gets the weights as
they are: a copy in its own layout would have to follow each change of the model, and to
find out whether there was one takes longer than the layout saves.
`benchmarks/README.md` has the figures.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from transformers.activations import GELUActivation

FEWEST_ROWS, FEWEST_WEIGHTS = 16, 2**16  # below, the call costs more than it saves
TRIES, GAIN = 5, 1.15
KEPT = 31 * 2**20  # bytes; glibc learns from pieces of up to 32 MB


def product(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    activation: Callable[[Tensor], Tensor] | None = None,
) -> Tensor:
    """Multiply, add and activate: (..., in), (out, in), (out,) -> (..., out).

    oneDNN computes GELU on the way, before the product has left the cache.
    """
    if not _suits(x, weight, bias):
        added = F.linear(x, weight, bias)
    elif isinstance(activation, GELUActivation) and activation.act is F.gelu:
        return _by_onednn(x, weight, bias, "gelu")
    else:
        added = _by_onednn(x, weight, bias)
    return added if activation is None else activation(added)


def fast_products(device: torch.device) -> AbstractContextManager[Any]:
    """Return a context in which `F.linear` is `product`, for this thread.

    It holds for modules of any family, for hooks, and for modules that were replaced;
    `torch.compile` sees what it saw before. Where oneDNN gains nothing it does nothing.
    """
    on = device.type == "cpu" and gains_by_onednn(torch.get_num_threads())
    return _Products() if on else nullcontext()


class _Products(TorchFunctionMode):
    def __torch_function__(
        self, function: Callable, types: Any, args: tuple = (), kwargs: Any = None
    ) -> Any:
        if function is F.linear and not (kwargs or torch.compiler.is_compiling()):
            return product(*args)
        return function(*args, **(kwargs or {}))


def _suits(x: Tensor, weight: Tensor, bias: Tensor | None) -> bool:
    """Tell whether oneDNN can compute a product, and will do so sooner."""
    if torch.is_grad_enabled() or torch.is_autocast_enabled("cpu"):
        return False
    given = (x, weight) if bias is None else (x, weight, bias)
    return (
        all(_is_plain(tensor) for tensor in given)
        and weight.ndim == 2
        and weight.is_contiguous()
        and weight.numel() >= FEWEST_WEIGHTS
        and x.ndim >= 2
        and x.shape[-1] == weight.shape[1]
        and x.numel() >= FEWEST_ROWS * weight.shape[1]
        and (bias is None or bias.shape == weight.shape[:1])
        and bool(torch.backends.mkldnn.enabled)
        and gains_by_onednn(torch.get_num_threads())
    )


def _is_plain(tensor: Tensor) -> bool:
    return (
        type(tensor) in (Tensor, nn.Parameter)
        and tensor.dtype == torch.float32
        and tensor.device.type == "cpu"
        and tensor.layout == torch.strided
    )


def _by_onednn(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, activation: str = "none"
) -> Tensor:
    """Let oneDNN compute it; strided input would be a hundred times slower."""
    pointwise = torch.ops.mkldnn._linear_pointwise.default
    return pointwise(x.contiguous(), weight, bias, activation, [], "none")


@cache
def gains_by_onednn(threads: int) -> bool:
    """Measure once, in some 10 ms, whether oneDNN's product is the faster one.

    Args:
        threads: how many PyTorch uses at present; each number is measured.
    """
    x, weight, bias = torch.rand(128, 512), torch.rand(512, 512), torch.rand(512)
    best: dict[Callable, float] = {}
    try:
        with torch.inference_mode():
            wanted, result = F.linear(x, weight, bias), _by_onednn(x, weight, bias)
            for function in (F.linear, _by_onednn) * TRIES:
                began = time.perf_counter()
                function(x, weight, bias)
                taken = time.perf_counter() - began
                best[function] = min(best.get(function, taken), taken)
    except (AttributeError, NotImplementedError, RuntimeError):
        return False  # it is missing, or does not take weights as they are
    faster = best[F.linear] > GAIN * best[_by_onednn]
    return faster and torch.allclose(wanted, result, rtol=1e-4)


@cache
def keep_freed_memory() -> None:
    """Let the process keep what a layer frees for the next one, up to 62 MB.

    Linux's C library gives back what exceeds twice the largest piece that it has seen
    freed, a few MB at first; then the system clears each page anew, for a tenth of a
    batch's time. A large piece that is freed untouched costs nothing, and is seen.
    """
    torch.empty(KEPT, dtype=torch.uint8)
