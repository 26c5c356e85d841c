import os
import shutil
import subprocess
import sys

import pytest
import torch
from huggingface_hub import constants
from safetensors.torch import load_file, save_file
from transformers import (
    BertModel,
    DistilBertConfig,
    DistilBertForQuestionAnswering,
    RobertaConfig,
    RobertaForQuestionAnswering,
)

import companion
from companion import extras, loading
from companion.loading import files


@pytest.fixture
def copy(tmp_path):
    """A copy of the embedded model that a test may damage."""
    return shutil.copytree(loading.EMBEDDED, tmp_path / "copy")


def test_the_embedded_model_comes_ready_to_be_taken_apart(embedded):
    tokenizer, model = embedded
    assert not model.training
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert model.config._attn_implementation == "eager"
    assert len(tokenizer) == model.config.vocab_size == 28_996
    ids = tokenizer("Who?", "My name is Foo")["input_ids"]
    assert ids == [101, 2627, 136, 102, 1422, 1271, 1110, 143, 5658, 102]


def test_loading_leaves_the_librarys_own_reports_as_they_were(embedded):
    from transformers.utils import logging

    before = logging.get_verbosity(), logging.is_progress_bar_enabled()
    companion.load()
    assert (logging.get_verbosity(), logging.is_progress_bar_enabled()) == before


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.txt", "config.json"])
def test_a_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError, match=name):
        companion.load(str(copy))


def test_weights_that_are_cut_short_are_refused(copy):
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ValueError, match="cut short or altered"):
        companion.load(str(copy))


def test_weights_with_one_changed_bit_are_refused(copy):
    weights = copy / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(ValueError, match="cut short or altered"):
        companion.load(str(copy))


def test_without_a_card_the_librarys_error_is_told_in_plain_words(copy):
    (copy / "README.md").unlink()
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(ValueError, match="cut short or damaged"):
        companion.load(str(copy))


def test_the_embedded_model_needs_its_card(copy, monkeypatch):
    monkeypatch.setattr(files, "EMBEDDED", copy)
    monkeypatch.setattr(loading, "EMBEDDED", copy)
    (copy / "README.md").write_text("---\nlanguage: en\n---\n")
    with pytest.raises(ValueError, match="no checksum"):
        companion.load()
    (copy / "README.md").unlink()
    with pytest.raises(FileNotFoundError, match="card is missing"):
        companion.load()


def test_a_bert_without_a_qa_head_is_refused(copy):
    (copy / "README.md").unlink()
    (copy / "model.safetensors").unlink()
    BertModel.from_pretrained(loading.EMBEDDED).save_pretrained(copy)
    with pytest.raises(ValueError, match=r"qa_outputs\.bias, qa_outputs\.weight"):
        companion.load(str(copy))


ROBERTA = RobertaConfig(
    vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=1
)
DISTILBERT = DistilBertConfig(vocab_size=50, dim=8, n_layers=1, n_heads=1)


@pytest.mark.parametrize(
    ("kind", "config"),
    [
        (RobertaForQuestionAnswering, ROBERTA),
        (DistilBertForQuestionAnswering, DISTILBERT),
    ],
)
def test_another_kind_of_model_is_refused(tmp_path, kind, config):
    kind(config).save_pretrained(tmp_path)
    wanted = f"model type '{config.model_type}', wanted 'bert'"
    with pytest.raises(ValueError, match=wanted):
        companion.load(str(tmp_path))


def test_pickled_weights_are_never_read(copy):
    (copy / "README.md").unlink()
    weights = load_file(copy / "model.safetensors")
    (copy / "model.safetensors").unlink()
    torch.save(weights, copy / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"no model\.safetensors"):
        companion.load(str(copy))


def test_a_folder_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="/nowhere/at/all"):
        companion.load("/nowhere/at/all")


def test_a_hub_that_cannot_be_reached():
    assert constants.HF_HUB_OFFLINE, "a test would ask the hub, again and again"
    with pytest.raises(ConnectionError, match="Give a local folder"):
        companion.load("somebody/some-model@0123456")


def test_the_environment_names_folder_and_precision(other_checkpoint, monkeypatch):
    monkeypatch.setenv("COMPANION_MODEL", str(other_checkpoint))
    monkeypatch.setenv("COMPANION_DTYPE", "float64")
    _, model = companion.load()
    assert model.config.hidden_size == 32
    assert model.dtype == torch.float64
    monkeypatch.setenv("COMPANION_DTYPE", "float61")
    with pytest.raises(ValueError, match=r"COMPANION_DTYPE.*float61"):
        companion.load()


@pytest.mark.slow
def test_the_package_and_the_hubs_cache_are_loaded_without_a_word(
    other_checkpoint, tmp_path
):
    # The hub's own layout on disk, so that the real code path runs without a network.
    revision = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--somebody--tiny-bert-qa"
    shutil.copytree(other_checkpoint, repository / "snapshots" / revision)
    code = (
        "import companion; companion.load(); "
        f"_, model = companion.load('somebody/tiny-bert-qa@{revision}'); "
        "print(model.config.num_hidden_layers)"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "3\n", "")


@pytest.mark.slow
def test_float16_weights_compute_in_float32(copy):
    weights = load_file(copy / "model.safetensors")
    assert {w.dtype for w in weights.values()} == {torch.float16}
    (copy / "README.md").unlink()
    save_file(
        {k: w.double() for k, w in weights.items()},
        copy / "model.safetensors",
        metadata={"format": "pt"},
    )
    _, exact = companion.load(str(copy))
    _, model = companion.load()
    for name, parameter in model.named_parameters():
        assert torch.equal(parameter, exact.get_parameter(name)), name


LEAN = """
import importlib.abc, sys
from importlib.machinery import PathFinder
extras = "accelerate captum IPython matplotlib".split()
class Without(importlib.abc.MetaPathFinder):  # an installation without the extras
    find_distributions = PathFinder.find_distributions
    def find_spec(name, path=None, target=None):
        missing = name.partition(".")[0] in extras
        return None if missing else PathFinder.find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Without
import companion
assert "torch" not in sys.modules, "import companion is quick"
answerer = companion.QuestionAnswerer(*companion.load())
print(answerer("Who?", "My name is Foo")["answer"], companion.compare.__name__)
from companion import attention, embeddings, encoder, exercises, heads, measured
from companion import qa_head, tokens
from companion.views import *
print([name for name in extras if name in sys.modules])
"""


@pytest.mark.slow
def test_a_plain_installation_reads_and_asks_the_model():
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", LEAN], capture_output=True, text=True
    )
    assert (run.stdout, run.stderr) == ("Foo compare\n[]\n", "")


def test_a_missing_extra_is_named():
    assert extras.require("json", "figures").dumps([1]) == "[1]"
    with pytest.raises(extras.MissingExtra, match=r'"inside-bert\[figures\]"'):
        extras.require("no_such_package.part", "figures")


def test_what_the_package_offers_is_listed_and_nothing_else():
    assert set(companion.__all__) <= set(dir(companion))
    assert companion.embeddings.__name__ == "companion.embeddings"
    with pytest.raises(AttributeError, match="'companion' has no attribute 'encode'"):
        companion.encode  # noqa: B018
