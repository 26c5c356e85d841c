"""Where to compute: the device of a name, and what its processor is good at."""

import torch


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
