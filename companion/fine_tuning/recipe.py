"""What a training run is repeated from, besides its data. Imports nothing heavy."""

from dataclasses import dataclass

LENGTH = 320  # tokens in a window, the question's among them
BATCH = 32  # windows in a step


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
