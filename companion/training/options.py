"""What a recipe refuses, in the words of the command line. Imports nothing heavy."""

import math

LARGEST_SEED = 2**63 - 1_000_000  # Torch takes 64 bits; each process adds its number
# What Accelerate calls them; "fastest" asks the processor.
ARITHMETIC = {"float32": "no", "bfloat16": "bf16"}


def check_range(name: str, value: float, least: float, most: float = math.inf) -> None:
    """Refuse an option that is not from `least` to `most`.

    Raises:
        ValueError: naming the option.
    """
    if not least <= value <= most:
        limits = f"at least {least}" + (f" and at most {most}" * (most < math.inf))
        raise ValueError(f"--{name.replace('_', '-')} must be {limits}, not {value}")


def check_learning_rate(learning_rate: float) -> None:
    """Refuse a learning rate that is not above 0 and finite; ValueError."""
    if not 0 < learning_rate < math.inf:
        raise ValueError(
            f"--learning-rate must be above 0 and finite, not {learning_rate}"
        )


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse an option that is none of `choices`; ValueError."""
    if value not in choices:
        wanted = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise ValueError(f"--{name} must be {wanted}, not {value!r}")
