"""A tiny BERT of few pieces, a folder with one, and texts to train on."""

import pytest
import torch
from accelerate.state import AcceleratorState
from squad_files import PEOPLE, answer, squad_file
from transformers import BertConfig, BertForMaskedLM, BertTokenizer

from companion import training

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["my", "name", "is", "and", "i", "sing", "by", "the", "sea", "of", "who", "?"]
LETTERS = [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
PIECES = [*SPECIAL, *WORDS, *(person.lower() for person in PEOPLE[:5]), *LETTERS, "."]


def tiny_model(kind=BertForMaskedLM, **config):
    """The same random weights at each call."""
    torch.manual_seed(1)
    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
        "max_position_embeddings": 64,
    }
    return kind(BertConfig(vocab_size=len(PIECES), **{**sizes, **config}))


@pytest.fixture(scope="session")
def tokenizer():
    vocabulary = {piece: number for number, piece in enumerate(PIECES)}
    return BertTokenizer(vocab=vocabulary, model_max_length=64)


@pytest.fixture(scope="session")
def make():
    """The function that makes the tiny model anew."""
    return tiny_model


@pytest.fixture(scope="session")
def texts():
    """Seven, of which some are cut into pieces of 16 tokens."""
    return [f"my name is {p} . {'i sing by the sea . ' * i}".lower().strip()
            for i, p in enumerate(PEOPLE)]  # fmt: skip


@pytest.fixture
def base(tokenizer, make, tmp_path):
    """A folder to start from."""
    training.save(make(), tokenizer, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def people(tmp_path, texts):
    """Questions about the texts, two about each; the last text is held out."""
    twice = [(t, answer(t.split()[3], 11)) for t in texts for _ in range(2)]
    return squad_file(tmp_path / "people.json", *twice)


@pytest.fixture
def story(tmp_path, texts):
    """The same texts as paragraphs of a plain file."""
    path = tmp_path / "story.txt"
    path.write_text("\n\n".join(texts), "utf-8")
    return path


@pytest.fixture(autouse=True)
def _no_other_processes():
    """Nothing is known of another test's processes."""
    AcceleratorState._reset_state(reset_partial_state=True)
