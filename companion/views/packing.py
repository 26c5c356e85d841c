"""Pack a view's numbers for a page: fewer bits, compressed, as text; and unpack them.

A packed view is base64 of zlib of: four bytes with the length of a header, the header
in JSON, then one byte per number. `packing.js` reads the same.
"""

import base64
import hashlib
import json
import math
import zlib
from typing import Any

import torch
from torch import Tensor

FINE = 16  # steps from level to level, where there is room for a second byte
LEVELS = (255, 191, 127, 95, 63, 47, 31)  # the finest that fits the budget is used
SHORT = 64  # tokens; a text up to here gets the smaller budget
SHORT_BUDGET, BUDGET = 175_000, 440_000  # characters of packed text


def quantise_weights(weights: Tensor, levels: int) -> Tensor:
    """Round the square roots of weights from 0 to 1 to whole numbers up to `levels`.

    The root spreads small weights out: with 255 levels 0.0001 still differs from 0,
    and no weight is off by more than 0.004.
    """
    return (weights.double().sqrt() * levels).round().to(torch.uint8)


def finer(weights: Tensor, levels: int) -> Tensor:
    """Say how far roots are above their levels, in steps: 0 to 16, 8 for not at all.

    With them a weight of 0.98 is off by 0.0003, and two decimals of it are the model's.
    """
    off = weights.double().sqrt() * levels - quantise_weights(weights, levels)
    return (off * FINE + FINE / 2).round().to(torch.uint8)


def restore_weights(whole: Tensor, levels: int, fine: Tensor | None = None) -> Tensor:
    """Invert `quantise_weights`, with what `finer` adds, up to their rounding."""
    above = 0 if fine is None else (fine.double() - FINE / 2) / FINE
    return ((whole.double() + above) / levels) ** 2


def quantise_vectors(vectors: Tensor) -> tuple[Tensor, list[list[float]]]:
    """Return each head's vectors, (L, A, T, D), as 1 to 255, and the steps, (L, A)."""
    largest = vectors.abs().amax(dim=(-2, -1)).double()  # (L, A, T, D) -> (L, A)
    steps = [
        [float(f"{x / 127:.3e}") for x in layer]
        for layer in largest.clamp_min(1e-9).tolist()
    ]
    scaled = vectors.double() / torch.tensor(steps)[..., None, None]
    return (scaled.round().clamp(-127, 127) + 128).to(torch.uint8), steps


def restore_vectors(whole: Tensor, steps: list[list[float]]) -> Tensor:
    """Invert `quantise_vectors`, up to its rounding."""
    return (whole.double() - 128) * torch.tensor(steps).double()[..., None, None]


def pack(header: dict[str, Any], arrays: dict[str, Tensor]) -> str:
    """Pack a header and arrays of bytes into one text, which `unpack` reads."""
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    head = json.dumps({**header, "arrays": shapes}, separators=(",", ":")).encode()
    body = b"".join(array.contiguous().numpy().tobytes() for array in arrays.values())
    packed = zlib.compress(len(head).to_bytes(4, "big") + head + body, level=9)
    return base64.b64encode(packed).decode("ascii")


def unpack(text: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Return the header and the arrays of a packed view."""
    data = zlib.decompress(base64.b64decode(text))
    start = 4 + int.from_bytes(data[:4], "big")
    header, arrays = json.loads(data[4:start]), {}
    for name, shape in header.pop("arrays").items():
        end = start + math.prod(shape)
        numbers = torch.frombuffer(bytearray(data[start:end]), dtype=torch.uint8)
        arrays[name], start = numbers.reshape(shape), end  # (N,) -> shape
    return header, arrays


def pack_weights(
    header: dict[str, Any], weights: Tensor, others: dict[str, Tensor]
) -> str:
    """Pack weights on the finest grid that keeps the view of a long text small."""
    budget = SHORT_BUDGET if len(header["tokens"]) <= SHORT else BUDGET
    whole, fine = quantise_weights(weights, LEVELS[0]), finer(weights, LEVELS[0])
    arrays = {"weights": whole, "fine": fine, **others}
    text = pack({**header, "levels": LEVELS[0]}, arrays)
    if len(text) <= budget:
        return text
    for levels in LEVELS:
        whole = quantise_weights(weights, levels)
        text = pack({**header, "levels": levels}, {"weights": whole, **others})
        if len(text) <= budget:
            break
    return text


def element_id(header: dict[str, Any], arrays: dict[str, Tensor]) -> str:
    """Name a view's element by its header and the shapes of its arrays alone.

    The numbers themselves differ in their last digits from machine to machine.
    """
    shapes = {name: tuple(array.shape) for name, array in arrays.items()}
    digest = hashlib.sha256(repr((header, shapes)).encode()).hexdigest()
    return f"attention-{digest[:12]}"
