"""Numbers for a page: fewer bits, compressed, as text; and back again.

A packed view is base64 of zlib of: four bytes with the length of a header, the header
in JSON, then a byte for each number. `views.js` reads the same.
"""

import base64
import json
import math
import zlib
from typing import Any

import torch
from torch import Tensor

LEVELS = (255, 191, 127, 95, 63, 47, 31)  # the finest within the budget is taken
SHORT, SHORT_BUDGET, BUDGET = 64, 175_000, 440_000  # tokens; characters; for longer


def quantise_weights(weights: Tensor, levels: int) -> Tensor:
    """Weights from 0 to 1 as whole numbers from 0 to `levels`, by their square roots.

    The root spreads small weights out: at 255 levels 0.0001 is still told from 0, and
    no weight is off by more than 0.004.
    """
    return (weights.double().sqrt() * levels).round().to(torch.uint8)


def restore_weights(whole: Tensor, levels: int) -> Tensor:
    """What `quantise_weights` left of the weights."""
    return (whole.double() / levels) ** 2


def quantise_vectors(vectors: Tensor) -> tuple[Tensor, list]:
    """Each head's vectors, (L, A, T, D), as 1 to 255, and the heads' steps, (L, A)."""
    largest = vectors.abs().amax(dim=(-2, -1)).double().clamp_min(1e-9)
    steps = [[float(f"{x / 127:.3e}") for x in layer] for layer in largest.tolist()]
    scaled = vectors.double() / torch.tensor(steps)[..., None, None]
    return (scaled.round().clamp(-127, 127) + 128).to(torch.uint8), steps


def restore_vectors(whole: Tensor, steps: list) -> Tensor:
    """What `quantise_vectors` left of the vectors."""
    return (whole.double() - 128) * torch.tensor(steps).double()[..., None, None]


def pack(header: dict[str, Any], arrays: dict[str, Tensor]) -> str:
    """Header and arrays of bytes as one text that `unpack` and the page can read."""
    shapes = {name: list(array.shape) for name, array in arrays.items()}
    head = json.dumps({**header, "arrays": shapes}, separators=(",", ":")).encode()
    body = b"".join(array.contiguous().numpy().tobytes() for array in arrays.values())
    packed = zlib.compress(len(head).to_bytes(4, "big") + head + body, level=9)
    return base64.b64encode(packed).decode("ascii")


def unpack(text: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The header and the arrays of a packed view."""
    data = zlib.decompress(base64.b64decode(text))
    start = 4 + int.from_bytes(data[:4], "big")
    header, arrays = json.loads(data[4:start]), {}
    for name, shape in header.pop("arrays").items():
        end = start + math.prod(shape)
        numbers = torch.frombuffer(bytearray(data[start:end]), dtype=torch.uint8)
        arrays[name], start = numbers.reshape(shape), end
    return header, arrays


def pack_weights(
    header: dict[str, Any], weights: Tensor, others: dict[str, Tensor]
) -> str:
    """`pack`, with the weights on the finest grid that keeps a long text small."""
    budget = SHORT_BUDGET if len(header["tokens"]) <= SHORT else BUDGET
    for levels in LEVELS:
        whole = quantise_weights(weights, levels)
        text = pack({**header, "levels": levels}, {"weights": whole, **others})
        if len(text) <= budget:
            break
    return text
