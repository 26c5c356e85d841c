"""Faster products give the same numbers, and only where nothing speaks against them."""

import platform
from contextlib import nullcontext

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from transformers.activations import ACT2FN

from companion import QuestionAnswerer
from companion.qa_pipeline import processor
from companion.running import PARAGRAPH
from oracle import small

resource = pytest.importorskip("resource", reason="counts page faults")
HERE = processor._by_onednn  # what is computed if oneDNN has the operation


@pytest.fixture
def products(monkeypatch):
    """Weights that oneDNN multiplied; here it gains always, and with small ones."""
    try:
        HERE(torch.ones(2, 3), torch.ones(4, 3))
    except (AttributeError, NotImplementedError, RuntimeError):
        pytest.skip("this PyTorch has no such operation")
    seen = []

    def product(x, weight, *others):
        seen.append(weight)
        return HERE(x, weight, *others)

    monkeypatch.setattr(processor, "_by_onednn", product)
    monkeypatch.setattr(processor, "gains_by_onednn", lambda threads: True)
    monkeypatch.setattr(processor, "FEWEST_ROWS", 1)
    monkeypatch.setattr(processor, "FEWEST_WEIGHTS", 1)
    return seen


@pytest.mark.parametrize("name", [None, "gelu", "gelu_new", "relu"])
@pytest.mark.parametrize("bias", [torch.randn(7), None])
@torch.inference_mode()
def test_it_is_the_same_product(products, name, bias):
    x, weight = torch.randn(5, 3, 2).transpose(0, 1), torch.randn(7, 2)  # strided
    activation = ACT2FN[name] if name else None
    wanted = F.linear(x, weight, bias)
    wanted = activation(wanted) if activation else wanted
    product = processor.product(x, weight, bias, activation)
    torch.testing.assert_close(product, wanted, atol=1e-5, rtol=1e-5)
    assert products


@pytest.mark.parametrize(
    ("mode", "tensors"),
    [
        (torch.enable_grad, (torch.ones(3, 2), torch.ones(4, 2))),
        (torch.no_grad, (torch.ones(3, 2).double(), torch.ones(4, 2).double())),
        (torch.no_grad, (torch.ones(3, 2).bfloat16(), torch.ones(4, 2).bfloat16())),
        (torch.no_grad, (torch.ones(2), torch.ones(4, 2))),
        (torch.no_grad, (torch.ones(3, 2), torch.ones(2, 4).t())),
        (torch.no_grad, (torch.ones(3, 2), torch.ones(4, 2), torch.ones(1))),
        (torch.no_grad, (torch.ones(3, 2).to("meta"), torch.ones(4, 2).to("meta"))),
        (lambda: torch.autocast("cpu", torch.bfloat16), (torch.ones(3, 2),) * 2),
    ],
)
def test_what_onednn_does_not_suit_goes_the_usual_way(products, mode, tensors):
    quiet = torch.no_grad if mode is not torch.enable_grad else nullcontext
    with quiet(), mode():
        product, usual = processor.product(*tensors), F.linear(*tensors)
    assert not products
    assert product.dtype == usual.dtype
    assert product.shape == usual.shape


def test_whoever_switches_onednn_off_is_heard(products, monkeypatch):
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    with torch.inference_mode():
        processor.product(torch.ones(3, 2), torch.ones(4, 2))
    assert not products


def test_small_products_go_the_usual_way(products, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setattr(processor, "gains_by_onednn", lambda threads: True)
    monkeypatch.setattr(processor, "_by_onednn", lambda *_: 1 / 0)
    with torch.inference_mode():
        processor.product(torch.ones(1, 512), torch.ones(512, 512))  # one row
        processor.product(torch.ones(99, 512), torch.ones(2, 512))  # the head
        with pytest.raises(ZeroDivisionError):
            processor.product(torch.ones(99, 512), torch.ones(512, 512))


@pytest.mark.parametrize("family", ["bert", "distilbert", "roberta", "deberta"])
def test_each_family_computes_with_it(products, monkeypatch, family):
    tokenizer, model = small.small_model(family)
    answerer = QuestionAnswerer(tokenizer, model)
    answers = answerer("Who?", PARAGRAPH, top_k=3)
    multiplied = {id(weight) for weight in products}
    layers = [m for n, m in model.named_modules() if isinstance(m, nn.Linear)]
    missing = [m for m in layers if id(m.weight) not in multiplied]
    assert len(layers) - len(missing) >= 2 * 5  # of two layers nearly all
    monkeypatch.setattr(processor, "gains_by_onednn", lambda threads: False)
    usual = answerer("Who?", PARAGRAPH, top_k=3)
    for answer, other in zip(answers, usual, strict=True):
        assert answer == {**other, "score": pytest.approx(other["score"], rel=1e-3)}


def test_the_compiler_sees_what_it_saw_before(products):
    targets = []

    def backend(graph, inputs):
        targets.extend(node.target for node in graph.graph.nodes)
        return graph.forward

    compiled = torch.compile(nn.Linear(3, 4), backend=backend)
    with torch.inference_mode(), processor.fast_products(torch.device("cpu")):
        compiled(torch.ones(2, 3))
    assert F.linear in targets


def test_it_multiplies_the_weights_as_they_are_now(products):
    answerer = QuestionAnswerer(*small.small_model("distilbert"))
    before = answerer("Who?", PARAGRAPH, top_k=3)
    weight = answerer.model.distilbert.transformer.layer[0].ffn.lin1.weight
    weight.data.neg_()  # which Torch's version counter does not see
    assert answerer("Who?", PARAGRAPH, top_k=3) != before
    weight.data.neg_()
    assert answerer("Who?", PARAGRAPH, top_k=3) == before


@pytest.mark.parametrize("error", [AttributeError, NotImplementedError, RuntimeError])
def test_where_the_operation_is_missing_nothing_is_gained(monkeypatch, error):
    def missing(*_):
        raise error

    monkeypatch.setattr(processor, "_by_onednn", missing)
    assert not processor.gains_by_onednn.__wrapped__(1)


def test_what_is_slower_or_wrong_is_not_used(monkeypatch):
    def product(x, weight, bias):
        result = F.linear(x, weight, bias)
        return result + 1 if wrong else F.linear(x, weight, result.mean(0)) * 0 + result

    wrong = False
    monkeypatch.setattr(processor, "_by_onednn", product)
    assert not processor.gains_by_onednn.__wrapped__(1)
    wrong = True
    monkeypatch.setattr(processor, "GAIN", 0)
    assert not processor.gains_by_onednn.__wrapped__(1)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="how glibc does it")
def test_freed_memory_is_kept():
    processor.keep_freed_memory()
    torch.ones(3 * 2**20)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(30):
        torch.ones(3 * 2**20)  # 12 MB, 3072 pages
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 10 * 3072
