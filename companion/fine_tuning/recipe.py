"""What a training run is repeated from, besides its data. Imports nothing heavy."""

import math
from dataclasses import dataclass

LENGTH = 320  # tokens in a window, the question's among them
BATCH = 32  # windows in a step
LARGEST_SEED = 2**63 - 1_000_000  # Torch takes 64 bits; each process adds its number
# What Accelerate calls them; "fastest" asks the processor.
ARITHMETIC = {"float32": "no", "bfloat16": "bf16"}


@dataclass(frozen=True)
class Recipe:
    """What a training run is repeated from, besides its data."""

    epochs: int = 2
    seed: int = 0
    learning_rate: float = 1.2e-4  # at its peak
    batch: int = BATCH  # windows in a step, for each process
    length: int = LENGTH  # tokens in a window
    no_answer: float = 0.1  # share of the questions that come again without an answer
    average_with_base: float = 0.0  # share of the starting point in the final weights
    arithmetic: str = "fastest"  # float32 or bfloat16; this one asks the processor

    def check(self) -> None:
        """Refuse what cannot be trained with.

        Raises:
            ValueError: naming the option.
        """
        for name in ("epochs", "batch", "length"):
            _check_range(name, getattr(self, name), 1, math.inf)
        _check_range("seed", self.seed, 0, LARGEST_SEED)
        for name in ("no_answer", "average_with_base"):
            _check_range(name, getattr(self, name), 0, 1)
        if not 0 < self.learning_rate < math.inf:
            raise ValueError(
                f"--learning-rate must be above 0 and finite, not {self.learning_rate}"
            )
        if self.arithmetic not in ("fastest", *ARITHMETIC):
            raise ValueError(
                f"--arithmetic must be fastest, {' or '.join(ARITHMETIC)}, not "
                f"{self.arithmetic!r}"
            )


def _check_range(name: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        limits = f"at least {least}" + (f" and at most {most}" * (most < math.inf))
        raise ValueError(f"--{name.replace('_', '-')} must be {limits}, not {value}")
