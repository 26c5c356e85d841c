"""What a pretraining is repeated from, besides its data. Imports nothing heavy."""

from dataclasses import dataclass

from companion.training.options import (
    ARITHMETIC,
    LARGEST_SEED,
    check_choice,
    check_learning_rate,
    check_range,
)

FROZEN = ("nothing", "words", "body")


@dataclass(frozen=True)
class PretrainingRecipe:
    """What a pretraining is repeated from, besides its data."""

    epochs: int = 8
    seed: int = 0
    learning_rate: float = 6e-4  # at its peak
    batch: int = 32  # pieces in a step, for each process
    length: int = 128  # tokens in a piece
    hide: float = 0.15  # share of the tokens
    dropout: float = 0.0  # a short training has no need of it
    next_sentence: bool = False  # guess too whether the halves belong together
    freeze: str = "nothing"  # the table of words, or all but the head
    arithmetic: str = "fastest"  # float32 or bfloat16; this one asks the processor

    def check(self) -> None:
        """Refuse what cannot be trained with.

        Raises:
            ValueError: naming the option.
        """
        for name in ("epochs", "batch"):
            check_range(name, getattr(self, name), 1)
        check_range("length", self.length, 8)
        check_range("seed", self.seed, 0, LARGEST_SEED)
        check_range("hide", self.hide, 0.01, 1)
        check_range("dropout", self.dropout, 0, 0.9)
        check_learning_rate(self.learning_rate)
        check_choice("freeze", self.freeze, FROZEN)
        check_choice("arithmetic", self.arithmetic, ("fastest", *ARITHMETIC))
