"""Where to compute: the device of a name, and what its processor is good at."""

import operator

import torch


def as_device(device: torch.device | str | int) -> torch.device:
    """Return the device that is named, if it is here.

    Args:
        device: as Torch names it, or a number as Transformers' pipelines have it: -1
            for the CPU, 0 and up for a GPU.
    Raises:
        TypeError: if it is no name, number or device.
        ValueError: if there is no such name, or no such device on this machine.
    """
    try:
        found = torch.device(_name(device))
    except RuntimeError as error:
        raise ValueError(f"device {device!r} is unknown: {error}") from error
    if found.type == "cpu":
        return torch.device("cpu")  # there is one, whatever its number
    try:
        sample = torch.ones(1, device=found)
        sample.cpu()  # `meta` has no numbers to give back
    except (AssertionError, ImportError, RuntimeError) as error:
        reason = str(error).partition("\n")[0].partition(". ")[0]
        raise ValueError(f"device {device!r} cannot be used: {reason}") from error
    return sample.device


def _name(device: torch.device | str | int) -> torch.device | str:
    if isinstance(device, torch.device | str):
        return device
    try:
        number = operator.index(device)
    except TypeError:
        raise TypeError(
            f"device must be a torch.device, a name or a number, not {device!r}"
        ) from None
    return "cpu" if number == -1 else f"cuda:{number}"


def multiplies_bfloat16(device: torch.device) -> bool:
    """Tell whether the processor has instructions for bfloat16; without, it is slow."""
    if device.type == "cpu":
        return (
            torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
        )
    return device.type == "cuda" and torch.cuda.is_bf16_supported()
