"""The answerer is the model that it was given, as that is when it is asked."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn
from torch.nn.modules.module import register_module_forward_hook
from transformers import AttentionInterface
from transformers.models.bert.modeling_bert import BertOutput

import companion
from companion import heads
from companion.qa_pipeline import batches, bert, models
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


def assert_it_computes_what_the_model_does(checkpoint):
    tokenizer, model = checkpoint
    texts = [PARAGRAPH[:40], PARAGRAPH[:150]]
    inputs = tokenizer(["Who?"] * 2, texts, padding=True, return_tensors="pt")
    seen = inputs["attention_mask"].bool()[:, None].expand(-1, 2, -1)  # not padding
    with torch.no_grad():
        own = torch.stack(model(**inputs, return_dict=True).to_tuple()[:2], dim=1)
    logits = batches.forward(model, dict(inputs))  # (B, 2, T)
    torch.testing.assert_close(logits[seen], own[seen], atol=1e-5, rtol=1e-5)


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


def replace_an_activation(model):
    model.bert.encoder.layer[0].intermediate.intermediate_act_fn = nn.Tanh()


def add_a_hook_to_an_activation(model):
    activation = model.bert.encoder.layer[0].intermediate.intermediate_act_fn
    activation.register_forward_hook(lambda module, arguments, output: 2 - output)


def replace_a_linear_by_its_like(model):
    class Doubled(nn.Linear):
        def forward(self, x):
            return 2 * super().forward(x)

    model.bert.encoder.layer[1].attention.self.key.__class__ = Doubled


def scale_attention(model):
    model.bert.encoder.layer[1].attention.self.scaling = 2.0


CHANGES = [
    change_in_place,
    change_data,
    replace_a_module,
    replace_a_forward,
    add_a_hook,
    replace_an_activation,
    add_a_hook_to_an_activation,
    replace_a_linear_by_its_like,
    scale_attention,
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_between_two_questions_counts(checkpoint, asked, change):
    before = asked(QUESTION, PARAGRAPH, top_k=3)
    change(checkpoint[1])
    assert asked(QUESTION, PARAGRAPH, top_k=3) == fresh(checkpoint) != before
    assert_it_computes_what_the_model_does(checkpoint)


def test_a_class_that_was_patched_counts(checkpoint, asked, monkeypatch):
    before = asked(QUESTION, PARAGRAPH, top_k=3)
    monkeypatch.setattr(BertOutput, "forward", lambda self, hidden, residual: residual)
    assert asked(QUESTION, PARAGRAPH, top_k=3) != before
    assert_it_computes_what_the_model_does(checkpoint)


def test_a_hook_on_all_modules_sees_them(asked):
    seen = []
    hook = register_module_forward_hook(lambda module, *_: seen.append(type(module)))
    asked(QUESTION, PARAGRAPH)
    hook.remove()
    assert BertOutput in seen


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


def test_an_untouched_model_is_computed_without_its_modules(checkpoint, monkeypatch):
    tokenizer, model = checkpoint
    assert_it_computes_what_the_model_does(checkpoint)
    inputs = tokenizer("Who?", PARAGRAPH[:40], return_tensors="pt")
    model(**inputs, output_attentions=True)  # leaves the library's own hooks behind
    assert model.bert.encoder.layer[2].attention.self._forward_hooks
    assert bert.is_plain(model)
    calls = []
    model.bert.embeddings.register_forward_hook(lambda *_: calls.append("embeddings"))
    monkeypatch.setattr(nn.Linear, "__call__", lambda *_: calls.append("linear"))
    batches.forward(model, dict(inputs))
    assert calls == ["embeddings"]


def test_a_decoder_is_not_taken_for_an_encoder(checkpoint):
    _, model = checkpoint
    model.config.is_decoder = True  # as the library asks, when it makes the mask
    assert not bert.is_plain(model)


def test_the_model_stays_as_it_is_when_it_fails(checkpoint, asked):
    _, model = checkpoint
    hook = model.qa_outputs.register_forward_hook(lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        asked(QUESTION, PARAGRAPH)
    hook.remove()
    assert {m.config._attn_implementation for m in [model, model.bert]} == {"eager"}
    assert not model.training


def test_threads_share_one_answerer(checkpoint, asked):
    questions = [
        f"Who was her {word}?" for word in ("brother", "printer", "museum")
    ] * 5
    wanted = [asked(question, PARAGRAPH, top_k=3) for question in questions]
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda q: asked(q, PARAGRAPH, top_k=3), questions)
        assert list(answers) == wanted
    assert wanted[0] != wanted[1] != wanted[2]
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
