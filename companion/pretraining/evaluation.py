"""How well a model guesses hidden tokens, on texts that it was not trained on.

ask_hidden    each text with a share of its tokens hidden
figures       loss, top-1 and top-5 with their bounds
"""

from collections.abc import Iterator
from typing import Any

import numpy
import torch
from torch import Tensor
from transformers import BertTokenizer

from companion.fine_tuning.evaluation import resampled
from companion.pretraining.loop import Guesser, Pretrained
from companion.pretraining.masking import NOT_ASKED, SHARE
from companion.pretraining.texts import HiddenPiece, hidden, padded, pieces_of

BATCH, LENGTH = 32, 128  # pieces at once, and the tokens of each
COLUMNS = ("hidden", "loss", "top_1", "top_5")  # sums over the hidden tokens of a text


@torch.inference_mode()
def ask_hidden(
    tokenizer: BertTokenizer,
    model: Pretrained,
    texts: list[str],
    length: int = LENGTH,
    seed: int = 0,
    bfloat16: bool = False,
) -> numpy.ndarray:
    """Let `model` guess what `hidden_texts` hides.

    Args:
        texts, length, seed: see `hidden_texts`.
        bfloat16: compute matrix products in this shorter format.
    Returns:
        (texts, 4), a row of `COLUMNS` for each.
    """
    rows = numpy.zeros((len(texts), len(COLUMNS)))
    guesser = Guesser(model).eval()
    ready = hidden_texts(tokenizer, texts, length, seed)
    ready.sort(key=lambda pair: len(pair[1]))
    for i in range(0, len(ready), BATCH):
        numbers, batch = zip(*ready[i : i + BATCH], strict=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            each = _guessed(guesser, list(batch))
        numpy.add.at(rows, list(numbers), list(each))
    return rows


def hidden_texts(
    tokenizer: BertTokenizer, texts: list[str], length: int = LENGTH, seed: int = 0
) -> list[tuple[int, HiddenPiece]]:
    """Hide 15 % of the tokens of each text, in three ways as in training.

    Args:
        length: tokens in a piece.
        seed: of what is hidden.
    Returns:
        The pieces, each with its text's number.
    """
    generator = torch.Generator().manual_seed(seed)
    return [
        (number, hidden(piece, tokenizer, SHARE, generator))
        for number, text in enumerate(texts)
        for piece in pieces_of([text], tokenizer, length)
    ]


def _guessed(guesser: Guesser, batch: list[HiddenPiece]) -> Iterator[list[float]]:
    """A row of `COLUMNS` for each piece."""
    inputs = padded(batch)
    labels = inputs.pop("labels")
    inputs.pop("relations")
    asked = labels != NOT_ASKED
    logits, _ = guesser(**inputs, is_hidden=asked)  # (hidden tokens, V)
    right = labels[asked][:, None]  # (hidden tokens, 1)
    losses = -logits.float().log_softmax(dim=-1).gather(1, right)[:, 0]
    best = logits.topk(5).indices == right  # (hidden tokens, 5)
    columns: Tensor = torch.stack(
        [torch.ones_like(losses), losses, best[:, 0], best.any(dim=1)], dim=1
    )  # (hidden tokens, 4)
    for part in columns.split([piece.hidden for piece in batch]):
        yield part.sum(dim=0).tolist()


def guess_figures(rows: numpy.ndarray) -> dict[str, Any]:
    """Mean loss in nats, top-1 and top-5 in percent, each with its middle 95 %.

    The bounds are those when texts are drawn at random, again and again.

    Raises:
        ValueError: if no token is hidden.
    """
    if not rows[:, 0].any():
        raise ValueError(f"rows must have a hidden token, not 0 in {len(rows)} texts")
    totals = numpy.stack(list(resampled(rows)))
    totals = totals[totals[:, 0] > 0]  # a draw of few texts may have no hidden token
    low, high = numpy.percentile(_means(totals), [2.5, 97.5], axis=0)
    found: dict[str, Any] = {"texts": len(rows), "hidden": int(rows[:, 0].sum())}
    for i, (name, mean) in enumerate(
        zip(COLUMNS[1:], _means(rows.sum(0)), strict=True)
    ):
        found[name] = round(float(mean), 4)
        found[f"{name}_interval"] = [round(float(x[i]), 4) for x in (low, high)]
    return found


def _means(sums: numpy.ndarray) -> numpy.ndarray:
    """(..., 4) -> (..., 3): nats, percent, percent."""
    return sums[..., 1:] / sums[..., :1] * numpy.array([1, 100, 100])


def guess_line(figures: dict[str, Any]) -> str:
    """Format the figures for the screen."""

    def bounded(name: str) -> str:
        low, high = figures[f"{name}_interval"]
        return f"{figures[name]:.2f} ({low:.2f} to {high:.2f})"

    return (
        f"{figures['hidden']:,} hidden tokens  loss {bounded('loss')}  "
        f"top-1 {bounded('top_1')} %  top-5 {bounded('top_5')} %"
    )
