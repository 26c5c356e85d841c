"""The book's model that guesses hidden words: load it, and ask it.

It lies beside the embedded model, its matrices rounded to 8 bits by row.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from companion.loading import (
    EMBEDDED,
    card_checksums,
    chosen,
    read_checkpoint,
    read_model,
)
from companion.loading.files import check_folder
from companion.rounding import restore_rows, round_rows

GUESSER = EMBEDDED / "guesser"
SCALES = ".scales"  # after the name of a matrix: what its rows are multiplied by


def load_masked(
    name: str | None = None, new_head: bool = False
) -> tuple[BertTokenizer, BertForMaskedLM]:
    """Load a tokenizer and a BERT that guesses hidden words, in evaluation mode.

    Args:
        name: a local folder or a model on the hub, as for `companion.load`. Without it
            the environment variable `COMPANION_MODEL` decides, and without that the
            book's own is loaded.
        new_head: accept a BERT without a masked-word head; give it a random one, and
            print that.
    Raises:
        FileNotFoundError, ValueError, ConnectionError: as `companion.load`.
    """
    folder, revision, dtype = chosen(name)
    if folder == str(EMBEDDED):
        return _own(dtype)
    tokenizer, model, lacking = read_model(
        BertForMaskedLM, folder, revision, dtype, new_head
    )
    if lacking:
        print(f"{folder} has no masked-word head: a random one guesses here")
    return tokenizer, model


def _own(dtype: torch.dtype) -> tuple[BertTokenizer, BertForMaskedLM]:
    """The book's own, with the embedded model's tokenizer."""
    check_own()
    config = BertConfig(**json.loads((GUESSER / "config.json").read_text("utf-8")))
    model = BertForMaskedLM(config)
    model.load_state_dict(read_rounded(GUESSER / "model.safetensors"), strict=False)
    model.tie_weights()
    model.set_attn_implementation("eager")
    tokenizer, _ = read_checkpoint(str(EMBEDDED))
    return tokenizer, model.to(dtype).eval()


def check_own() -> None:
    """Compare the files of the book's own with the checksums in its card.

    Raises:
        FileNotFoundError, ValueError: naming the file that is missing or was altered.
    """
    if "model.safetensors" not in card_checksums(GUESSER):
        raise FileNotFoundError(f"{GUESSER}: its card has no checksum of the weights")
    check_folder(GUESSER)


def read_rounded(path: Path) -> dict[str, Tensor]:
    """Read weights that `write_rounded` wrote, as float32."""
    stored = load_file(path)
    return {
        name: restore_rows(tensor, stored[name + SCALES])
        if name + SCALES in stored
        else tensor.float()
        for name, tensor in stored.items()
        if not name.endswith(SCALES)
    }


def write_rounded(model: BertForMaskedLM, path: Path) -> None:
    """Write the weights: matrices as whole numbers and scales, the rest as float16."""
    tensors: dict[str, Tensor] = {}
    for name, weights in model.named_parameters():  # what is tied comes once
        if weights.ndim == 2:
            tensors[name], tensors[name + SCALES] = round_rows(weights.detach())
        else:
            tensors[name] = weights.detach().half()
    save_file(tensors, path)


@torch.inference_mode()
def guesses(
    tokenizer: BertTokenizer, model: BertForMaskedLM, text: str, count: int = 5
) -> list[list[tuple[str, float]]]:
    """Guess each hidden word of a text.

    Args:
        text: with `[MASK]` wherever a piece is to be guessed.
        count: how many guesses for each.
    Returns:
        For each `[MASK]` the likeliest pieces and their probabilities, the best first.
    Raises:
        ValueError: if there is no `[MASK]` in the text, or it is too long.
    """
    inputs = tokenizer(text, return_tensors="pt", verbose=False)
    places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[:, 0]
    most = model.config.max_position_embeddings
    if not len(places):
        raise ValueError(f"text must have a {tokenizer.mask_token} in it, not {text!r}")
    if inputs["input_ids"].shape[1] > most:
        raise ValueError(f"text must have at most {most} tokens, [CLS] and [SEP] too")
    logits = model(**inputs).logits[0, places]  # (1, T, V) -> (hidden, V)
    best = logits.softmax(dim=-1).topk(count)
    return [
        list(zip(tokenizer.convert_ids_to_tokens(ids), chances, strict=True))
        for ids, chances in zip(
            best.indices.tolist(), best.values.tolist(), strict=True
        )
    ]
