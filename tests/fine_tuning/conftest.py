"""A tiny BERT, a folder with one, and a file to train on."""

import pytest
import torch
from accelerate.state import AcceleratorState
from squad_files import PEOPLE, answer, squad_file
from transformers import BertConfig, BertForQuestionAnswering

from companion import training


def tiny_model(**config):
    """The same random weights at each call."""
    torch.manual_seed(1)
    sizes = {
        "hidden_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
    }
    return BertForQuestionAnswering(
        BertConfig(vocab_size=28_996, **{**sizes, **config})
    )


@pytest.fixture
def tiny(embedded):
    """The book's tokenizer, and a function that makes the tiny model anew."""
    return embedded[0], tiny_model


@pytest.fixture
def base(tiny, tmp_path):
    """A folder to start from."""
    tokenizer, make = tiny
    training.save(make(), tokenizer, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def people(tmp_path):
    """Seven questions, of which the last is held out."""
    contexts = [f"My name is {p} and {'I sing ' * i}." for i, p in enumerate(PEOPLE)]
    return squad_file(
        tmp_path / "people.json", *[(c, answer(c.split()[3], 11)) for c in contexts]
    )


@pytest.fixture(autouse=True)
def _no_other_processes():
    """Nothing is known of another test's processes."""
    AcceleratorState._reset_state(reset_partial_state=True)
