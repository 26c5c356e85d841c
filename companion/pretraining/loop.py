"""Pretrain a BERT: the loss over the hidden tokens, and the loop with it.

pretrain            train, on one processor or on many; resume after a kill
masked_word_loss    what is made small, step by step
"""

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from transformers import BertForMaskedLM, BertForPreTraining, BertTokenizer

from companion.pretraining.masking import NOT_ASKED
from companion.pretraining.recipe import PretrainingRecipe
from companion.pretraining.texts import HiddenPiece, Piece, hidden_batches, padded
from companion.training.loop import Plan, take_steps
from companion.training.steps import set_dropout

if TYPE_CHECKING:
    from accelerate import Accelerator

Pretrained: TypeAlias = BertForMaskedLM | BertForPreTraining


def pretrain(
    model: Pretrained,
    tokenizer: BertTokenizer,
    pieces: list[Piece],
    folder: Path,
    recipe: PretrainingRecipe,
    accelerator: "Accelerator",
    save_every: int = 200,
    extra: dict[str, object] | None = None,
) -> None:
    """Train `model` to guess hidden tokens; it comes back in evaluation mode.

    Writes into `folder`, and resumes from what is there, as `training.loop.take_steps`.

    Args:
        model: with the two heads of pretraining where `pieces` are pairs.
        accelerator: Accelerate's view of the processes, of which each has a part of
            every batch, so a step has `recipe.batch` pieces for each of them.
        save_every: steps.
        extra: facts that a saved state must match before training resumes.
    """
    freeze(model, recipe.freeze)
    set_dropout(model, recipe.dropout)
    size = recipe.batch * accelerator.num_processes
    plan = Plan(
        steps=recipe.epochs * math.ceil(len(pieces) / size),
        batches=lambda: hidden_batches(pieces, tokenizer, recipe, size),
        loss_of=part_of_loss,
        learning_rate=recipe.learning_rate,
        seed=recipe.seed,
        facts={**asdict(recipe), **(extra or {})},
    )
    take_steps(model, plan, folder, accelerator, save_every, Guesser(model))


def freeze(model: Pretrained, what: str) -> None:
    """Leave the table of `words`, or the whole `body`, as it is in training."""
    frozen: dict[str, Any] = {
        "words": model.bert.embeddings.word_embeddings,
        "body": model.bert,
    }
    if what in frozen:
        frozen[what].requires_grad_(False)


class Guesser(nn.Module):
    """A model that guesses only where a token is hidden.

    The head's last matrix is the largest by far: at all places it would take longer
    than the encoder.
    """

    def __init__(self, model: Pretrained):
        super().__init__()
        self.model = model

    def forward(
        self,
        input_ids: Tensor,
        token_type_ids: Tensor,
        attention_mask: Tensor,
        is_hidden: Tensor,
    ) -> tuple[Tensor, Tensor | None]:
        """Words' logits, (hidden tokens, V); and (B, 2) if there is a pooler."""
        output = self.model.bert(input_ids, attention_mask, token_type_ids)
        rows = output.last_hidden_state[is_hidden]  # (B, T, H) -> (hidden tokens, H)
        words = self.model.cls.predictions(rows)  # (hidden tokens, V)
        if output.pooler_output is None:
            return words, None
        return words, self.model.cls.seq_relationship(output.pooler_output)


def masked_word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Average what the right token cost, over the hidden tokens only; a scalar.

    Args:
        logits: (B, T, V).
        labels: (B, T), the ids of hidden tokens; NOT_ASKED elsewhere.
    Returns:
        The mean of -ln(probability), in nats; the library's own loss. Not a number if
        nothing is hidden.
    """
    asked = labels != NOT_ASKED
    chances = logits[asked].log_softmax(dim=-1)  # (B, T, V) -> (hidden tokens, V)
    right = chances.gather(1, labels[asked][:, None])  # (hidden tokens, 1)
    return -right.mean()


def part_of_loss(
    network: nn.Module, mine: list[HiddenPiece], batch: list[HiddenPiece]
) -> Tensor:
    """This process's share of a batch's loss: of words, and of relations if asked.

    Both are sums divided by the numbers of the whole batch, so shares add up. Without a
    piece of its own a process takes part with the first one, and a weight of 0.
    """
    device = next(network.parameters()).device
    inputs = padded(mine or batch[:1], max(map(len, batch)))
    labels, relations = (inputs.pop(n).to(device) for n in ("labels", "relations"))
    asked = labels != NOT_ASKED
    words, related = network(
        **{k: v.to(device) for k, v in inputs.items()}, is_hidden=asked
    )
    hidden = max(1, sum(piece.hidden for piece in batch))
    loss = cross_entropy(words.float(), labels[asked], reduction="sum") / hidden
    if related is not None:
        loss += cross_entropy(related.float(), relations, reduction="sum") / len(batch)
    return loss if mine else loss * 0
