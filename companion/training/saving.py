"""Write a trained model as a folder that `companion.load` reads."""

import copy
from pathlib import Path

from transformers import BertPreTrainedModel, BertTokenizer

from companion.loading import quiet


def save(model: BertPreTrainedModel, tokenizer: BertTokenizer, output: Path) -> None:
    """Write the weights as float16 safetensors, the configuration, the vocabulary."""
    with quiet():
        copy.deepcopy(model).half().save_pretrained(output)
    tokenizer.save_pretrained(output)
    # vocab.txt has the same in a third of the space.
    (output / "tokenizer.json").unlink(missing_ok=True)
    pieces = {number: piece for piece, number in tokenizer.get_vocab().items()}
    vocabulary = "".join(
        f"{pieces.get(number, f'[unused {number}]')}\n"  # a line is an id
        for number in range(max(pieces) + 1)
    )
    (output / "vocab.txt").write_text(vocabulary, encoding="utf-8", newline="\n")
