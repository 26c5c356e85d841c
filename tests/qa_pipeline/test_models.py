"""The answerer is the model that it was given, as that is when it is asked."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from transformers import AttentionInterface

import companion
from companion import heads
from companion.qa_pipeline import models
from companion.running import PARAGRAPH

QUESTION = "Who was her brother?"


@pytest.fixture
def checkpoint(other_checkpoint):
    """A small model that a test may change."""
    return companion.load(str(other_checkpoint))


@pytest.fixture
def asked(checkpoint):
    """An answerer that has answered once already."""
    answerer = companion.QuestionAnswerer(*checkpoint)
    answerer(QUESTION, PARAGRAPH)
    return answerer


def fresh(checkpoint):
    """What an answerer says that is made this moment."""
    return companion.QuestionAnswerer(*checkpoint)(QUESTION, PARAGRAPH, top_k=3)


def test_heads_are_off_as_long_as_they_are_switched_off(checkpoint, asked):
    _, model = checkpoint
    whole = fresh(checkpoint)
    with heads.switched_off(model, [(i, h) for i in range(3) for h in range(4)]):
        made_inside = companion.QuestionAnswerer(*checkpoint)
        without = made_inside(QUESTION, PARAGRAPH, top_k=3)
        assert asked(QUESTION, PARAGRAPH, top_k=3) == without != whole
    assert made_inside(QUESTION, PARAGRAPH, top_k=3) == whole
    assert asked(QUESTION, PARAGRAPH, top_k=3) == whole


def change_in_place(model):
    with torch.no_grad():
        model.qa_outputs.weight.neg_()


def change_data(model):
    model.qa_outputs.weight.data.neg_()  # which Torch's version counter does not see


def replace_a_module(model):
    torch.manual_seed(1)
    model.bert.encoder.layer[1].output.dense = nn.Linear(48, 32)


def replace_a_forward(model):
    module = model.bert.encoder.layer[0].output
    module.forward = lambda hidden, residual: module.LayerNorm(residual)


def add_a_hook(model):
    def hook(module, arguments, output):
        return -output

    model.bert.embeddings.register_forward_hook(hook)


@pytest.mark.parametrize(
    "change",
    [change_in_place, change_data, replace_a_module, replace_a_forward, add_a_hook],
)
def test_a_change_between_two_questions_counts(checkpoint, asked, change):
    before = asked(QUESTION, PARAGRAPH, top_k=3)
    change(checkpoint[1])
    assert asked(QUESTION, PARAGRAPH, top_k=3) == fresh(checkpoint) != before


@pytest.mark.parametrize(
    "copied", [copy.deepcopy, lambda a: pickle.loads(pickle.dumps(a))]
)
def test_a_copy_answers_alike_and_stands_alone(checkpoint, asked, copied):
    wanted = asked(QUESTION, PARAGRAPH, top_k=3)
    other = copied(asked)
    assert other(QUESTION, PARAGRAPH, top_k=3) == wanted
    change_in_place(checkpoint[1])
    assert asked(QUESTION, PARAGRAPH, top_k=3) != wanted
    assert other(QUESTION, PARAGRAPH, top_k=3) == wanted


def test_a_hook_that_asks_for_weights_gets_them(checkpoint, asked):
    seen = []
    attention = checkpoint[1].bert.encoder.layer[0].attention.self
    attention.register_forward_hook(lambda _, inputs, output: seen.append(output[1]))
    asked(QUESTION, PARAGRAPH)
    assert all(w.sum(-1).allclose(torch.tensor(1.0)) for w in seen)
    assert seen


def test_a_copied_layer_reads_its_mask_rightly(checkpoint):
    # Its configuration is a copy too; fused attention in some layers only would hand
    # it a mask that it adds to the scores, and padding would be read.
    tokenizer, model = checkpoint
    contexts = [PARAGRAPH[:40], PARAGRAPH[:150]]
    wanted = companion.QuestionAnswerer(tokenizer, model)("Who?", contexts)
    layers = model.bert.encoder.layer
    layers[1] = copy.deepcopy(layers[1])
    answers = companion.QuestionAnswerer(tokenizer, model)("Who?", contexts)
    for answer, right in zip(answers, wanted, strict=True):
        assert answer["score"] == pytest.approx(right["score"], rel=1e-5)


def test_a_layer_keeps_attention_of_its_own(checkpoint, asked):
    def nothing(module, query, key, value, mask, **settings):
        return torch.zeros_like(query).transpose(1, 2), None

    AttentionInterface.register("nothing", nothing)
    layers = checkpoint[1].bert.encoder.layer
    layers[1] = copy.deepcopy(layers[1])
    layers[1].attention.self.config._attn_implementation = "nothing"
    without = asked(QUESTION, PARAGRAPH, top_k=3)
    layers[1].attention.self.config._attn_implementation = "eager"
    with heads.switched_off(checkpoint[1], [(1, h) for h in range(4)]):
        assert without == asked(QUESTION, PARAGRAPH, top_k=3)


def test_an_untouched_model_computes_with_fused_attention(checkpoint):
    tokenizer, model = checkpoint
    inputs = tokenizer("Who?", PARAGRAPH[:40], return_tensors="pt")
    model(**inputs, output_attentions=True)  # leaves the library's own hooks behind
    assert model.bert.encoder.layer[2].attention.self._forward_hooks
    fast = models.fused(model)
    assert fast.config._attn_implementation == "sdpa"
    attention = fast.bert.encoder.layer[2].attention.self
    assert attention.config._attn_implementation == "sdpa"
    pairs = zip(fast.parameters(), model.parameters(), strict=True)
    assert all(mine is theirs for mine, theirs in pairs)


def test_the_model_stays_as_it_is_when_it_fails(checkpoint, asked):
    _, model = checkpoint
    hook = model.qa_outputs.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        asked(QUESTION, PARAGRAPH)
    hook.remove()
    assert {m.config._attn_implementation for m in [model, model.bert]} == {"eager"}
    assert not model.training


def test_threads_share_one_answerer(checkpoint, asked):
    wanted = asked(QUESTION, PARAGRAPH, top_k=3)
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda _: fresh(checkpoint), range(12))
    assert all(answer == wanted for answer in answers)
    assert checkpoint[1].config._attn_implementation == "eager"


@pytest.mark.parametrize("part", ["", "bert.encoder.layer.1", "bert.embeddings"])
def test_training_mode_is_refused(checkpoint, asked, part):
    checkpoint[1].get_submodule(part).train()
    with pytest.raises(ValueError, match=rf"model.*{part}.* is in training mode"):
        asked(QUESTION, PARAGRAPH)


def test_another_kind_of_model_is_refused(checkpoint):
    tokenizer, model = checkpoint
    with pytest.raises(TypeError, match=r"model must be an encoder .* not a BertModel"):
        companion.QuestionAnswerer(tokenizer, model.bert)


def test_another_device_gets_a_copy(checkpoint):
    _, model = checkpoint
    elsewhere = models.on_device(model, torch.device("meta"))
    assert elsewhere.device.type == "meta"
    assert model.device.type == "cpu"
    assert models.on_device(model, model.device) is model


@pytest.mark.parametrize("value", [torch.nan, torch.inf])
def test_logits_that_cannot_be_ranked_are_an_error(checkpoint, asked, value):
    checkpoint[1].qa_outputs.bias.data[0] = value
    with pytest.raises(ValueError, match="logits cannot be ranked"):
        asked(QUESTION, PARAGRAPH)
