"""What a fine-tuning is repeated from, besides its data. Imports nothing heavy."""

from dataclasses import dataclass

from companion.training.options import (
    ARITHMETIC,
    LARGEST_SEED,
    check_choice,
    check_learning_rate,
    check_range,
)

LENGTH = 320  # tokens in a window, the question's among them
BATCH = 32  # windows in a step


@dataclass(frozen=True)
class Recipe:
    """What a fine-tuning is repeated from, besides its data."""

    epochs: int = 2
    seed: int = 0
    learning_rate: float = 1.2e-4  # at its peak
    batch: int = BATCH  # windows in a step, for each process
    length: int = LENGTH  # tokens in a window
    dropout: float | None = None  # None: as the base has it
    no_answer: float = 0.1  # share of the questions that come again without an answer
    average_with_base: float = 0.0  # share of the starting point in the final weights
    arithmetic: str = "fastest"  # float32 or bfloat16; this one asks the processor

    def check(self) -> None:
        """Refuse what cannot be trained with.

        Raises:
            ValueError: naming the option.
        """
        for name in ("epochs", "batch", "length"):
            check_range(name, getattr(self, name), 1)
        check_range("seed", self.seed, 0, LARGEST_SEED)
        for name in ("no_answer", "average_with_base"):
            check_range(name, getattr(self, name), 0, 1)
        if self.dropout is not None:
            check_range("dropout", self.dropout, 0, 0.9)
        check_learning_rate(self.learning_rate)
        check_choice("arithmetic", self.arithmetic, ("fastest", *ARITHMETIC))
