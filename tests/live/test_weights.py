"""The weights in blocks: all of them, once, rounded, and whole or refused."""

import base64
import json
import zlib
from pathlib import Path

import numpy
import pytest
import torch

import companion
from companion import measured
from companion.live import weights
from companion.rounding import LARGEST, restore_rows

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow  # all of two models' weights, again and again


def test_each_weight_is_in_one_block(embedded):
    model = embedded[1]
    found = dict(weights.blocks(model))
    sizes = {
        name: sum(t.numel() for n, t in part.items() if not n.endswith(weights.SCALES))
        for name, part in found.items()
    }
    assert sum(sizes.values()) == sum(p.numel() for p in model.parameters())
    layer = sum(p.numel() for p in model.bert.encoder.layer[0].parameters())
    assert sizes["layer.0"] == layer
    table = model.bert.embeddings.word_embeddings
    blocks = [name for name in found if name.startswith("words.")]
    assert len(blocks) == -(-table.num_embeddings // weights.WORDS_IN_A_BLOCK)


def test_a_rounded_model_has_what_the_blocks_have_and_the_first_stays(embedded):
    model = embedded[1]
    before = model.qa_outputs.weight.clone()
    copied = weights.rounded_copy(model)
    assert torch.equal(model.qa_outputs.weight, before)
    found = dict(weights.blocks(model))
    name = "attention.self.query.weight"
    block = found["layer.3"]
    stored = restore_rows(block[name], block[name + weights.SCALES])
    theirs = copied.bert.encoder.layer[3].attention.self.query.weight
    assert torch.equal(stored, theirs)
    original = model.bert.encoder.layer[3].attention.self.query.weight
    step = original.abs().amax(dim=1, keepdim=True) / LARGEST
    assert ((theirs - original).abs() <= 0.501 * step).all()


def test_a_block_is_text_of_zlib_of_a_header_and_numbers():
    tensors = {"odd": torch.tensor([[1, -2, 3]], dtype=torch.int8)}
    tensors["x"] = torch.tensor([0.5, -1.5])
    text = weights.packed_block(tensors, {"word": "é"})
    assert text.isascii()
    assert not set(text) & set("\"\\'\n")
    data = zlib.decompress(base64.b85decode(text))
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[4 : 4 + length])
    assert header["tensors"] == [["odd", "int8", [1, 3]], ["x", "float32", [2]]]
    assert header["texts"] == {"word": "é"}
    body = data[4 + length :]
    assert list(numpy.frombuffer(body[:3], "int8")) == [1, -2, 3]
    assert list(numpy.frombuffer(body[4:], "<f4")) == [
        0.5,
        -1.5,
    ]  # from a multiple of 4


def test_rounding_costs_at_most_half_a_point_and_the_page_says_what():
    figures = measured.results("rounded")
    for name, scores in measured.held_out_scores().items():
        full, page = (
            kind["domains"][f"{name}.json.gz"] for kind in (figures, figures["rounded"])
        )
        for metric in ("EM", "F1"):
            assert full[metric] == scores[metric]
            assert full[metric] - page[metric] < 0.5, name
    full, page = figures["all"], figures["rounded"]["all"]
    text = " ".join((ROOT / "book" / "in_javascript.md").read_text("utf-8").split())
    assert (
        f"Of {full['questions']:,} questions that were held out from training, the "
        f"full weights answer {full['EM']:.1f} % exactly, the rounded ones "
        f"{page['EM']:.1f} %"
    ) in text
    assert f"goes from {full['F1']:.1f} to {page['F1']:.1f}." in text


def test_a_text_of_base_85_is_the_standard_librarys():
    for size in range(9):
        data = bytes(range(255, 255 - size, -1))
        assert weights.base85(data) == base64.b85encode(data).decode()


def test_the_guessers_blocks_have_each_of_its_weights_once():
    _, model = companion.load_masked()
    found = dict(weights.guesser_blocks())
    sizes = [
        sum(t.numel() for n, t in part.items() if not n.endswith(weights.SCALES))
        for part in found.values()
    ]
    assert sum(sizes) == sum(p.numel() for p in model.parameters())
    words = [part for name, part in found.items() if name.startswith("words.")]
    restored = torch.cat([restore_rows(p["words"], p["words.scales"]) for p in words])
    assert torch.equal(restored, model.bert.embeddings.word_embeddings.weight)


def test_answers_with_rounded_weights_are_nearly_the_models(answerer, rounded_answerer):
    question, context = "Who?", "My name is Foo"
    ours, theirs = (ask(question, context) for ask in (rounded_answerer, answerer))
    assert ours["answer"] == theirs["answer"] == "Foo"
    assert ours["score"] == pytest.approx(theirs["score"], abs=0.005)
    assert ours["score"] != theirs["score"]
    page = (ROOT / "book" / "in_javascript.md").read_text("utf-8")
    assert f"has a score of {ours['score']:.3f} with rounded weights" in page
