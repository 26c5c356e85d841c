import warnings

import pytest
import torch
from transformers import BertForMaskedLM

import companion
from companion.pretraining import guesses
from companion.pretraining.guesser import (
    GUESSER,
    read_rounded,
    write_rounded,
)


@pytest.fixture(scope="module")
def guesser():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return companion.load_masked()


@pytest.mark.slow
def test_the_books_own_guesses_what_a_reader_expects(guesser):
    [best] = guesses(*guesser, "Paris is the capital of [MASK].")
    assert best[0][0] in ("France", "Paris")
    assert [p for _, p in best] == sorted([p for _, p in best], reverse=True)


def test_each_mask_gets_its_guesses(guesser):
    both = guesses(*guesser, "[MASK] is the capital of [MASK].", count=2)
    assert [len(best) for best in both] == [2, 2]
    assert both[0] != both[1]


@pytest.mark.slow
def test_its_table_is_tied_and_it_computes_in_the_precision_asked_for(
    guesser, monkeypatch
):
    _, model = guesser
    assert not model.training
    table = model.bert.embeddings.word_embeddings.weight
    assert model.cls.predictions.decoder.weight is table
    monkeypatch.setenv("COMPANION_DTYPE", "float64")
    assert companion.load_masked()[1].dtype == torch.float64


def test_a_text_without_a_mask_or_too_long_is_refused(guesser):
    with pytest.raises(ValueError, match=r"\[MASK\] in it, not 'Paris'"):
        guesses(*guesser, "Paris")
    with pytest.raises(ValueError, match="at most 512 tokens"):
        guesses(*guesser, "so " * 600 + "[MASK]")


def test_a_checkpoint_without_the_head_says_so(other_checkpoint, capsys):
    with pytest.raises(ValueError, match="not a BERT with a masked-word head"):
        companion.load_masked(str(other_checkpoint))
    tokenizer, model = companion.load_masked(str(other_checkpoint), new_head=True)
    assert "no masked-word head: a random one" in capsys.readouterr().out
    assert len(guesses(tokenizer, model, "a [MASK]")[0]) == 5


def test_an_altered_file_is_refused(tmp_path, monkeypatch):
    import shutil

    from companion.pretraining import guesser as module

    shutil.copytree(GUESSER, tmp_path / "guesser")
    (tmp_path / "guesser" / "config.json").write_text("{}")
    monkeypatch.setattr(module, "GUESSER", tmp_path / "guesser")
    with pytest.raises(ValueError, match="cut short or altered"):
        companion.load_masked()
    (tmp_path / "guesser" / "README.md").unlink()
    with pytest.raises(FileNotFoundError, match="no checksum"):
        companion.load_masked()


def test_what_is_written_rounded_is_read_again(tmp_path, embedded):
    config = embedded[1].config.__class__(
        vocab_size=50, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=16,
    )  # fmt: skip
    model = BertForMaskedLM(config)
    write_rounded(model, tmp_path / "weights.safetensors")
    read = read_rounded(tmp_path / "weights.safetensors")
    assert read.keys() == dict(model.named_parameters()).keys()
    for name, weights in model.named_parameters():
        step = weights.abs().max() / 127
        assert (read[name] - weights).abs().max() <= 0.51 * step + 1e-3
