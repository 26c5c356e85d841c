from pathlib import Path

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from companion import architecture


def test_the_notes_tree_and_its_one_new_word(notes_model):
    notes = (Path(__file__).parent / "notes_tree.txt").read_text("utf-8").rstrip("\n")
    today = str(notes_model)
    assert today.count("elementwise_affine=True, bias=True)") == 3
    as_then = today.replace("affine=True, bias=True)", "affine=True)")
    assert as_then == notes


def test_the_notes_parameter_counts(notes_model):
    named = architecture.named_parts(architecture.tree(notes_model))
    assert [part.parameters for part in named] == [22_665_216, *[7_087_872] * 12, 1_538]
    assert sum(part.parameters for part in named) == 107_721_218
    assert architecture.count_parameters(notes_model) == 107_721_218
    assert sum(part.share for part in named) == pytest.approx(1)


def test_each_parameter_hangs_at_one_place_of_the_tree(embedded):
    _, model = embedded
    tree = architecture.tree(model)
    names = {f"{p.path}.{name}" for p in tree for name in p.shapes}
    assert names == {name for name, _ in model.named_parameters()}
    by_path = {part.path: part for part in tree}
    words = by_path["bert.embeddings.word_embeddings"]
    assert (words.kind, words.shapes) == ("Embedding", {"weight": (28_996, 384)})
    assert words.parameters == 28_996 * 384
    assert by_path["bert.encoder.layer.0.attention.self.dropout"].parameters == 0


def test_multiplications_are_those_of_the_matrix_products(embedded):
    _, model = embedded
    tokens = 7
    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        model(torch.ones(1, tokens, dtype=torch.int64))
    parts = architecture.multiplications_per_token(model.config, tokens)
    assert 2 * tokens * sum(parts.values()) == counter.get_total_flops()
    assert parts["queries, keys, values"] == 6 * 3 * 384 * 384
    assert parts["scores"] == 6 * tokens * 384
    with pytest.raises(ValueError, match="tokens must be at least 1, not 0"):
        architecture.multiplications_per_token(model.config, 0)
