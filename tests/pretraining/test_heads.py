"""The heads of pretraining equal the library's modules, and so do their gradients."""

import pytest
import torch
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertConfig, BertForMaskedLM, BertForPreTraining

from companion.pretraining import next_sentence_logits, pool, word_logits

SOME = examples(30)
BOUND = {torch.float32: 1e-5, torch.float64: 1e-12}


def pretraining_model(act="gelu", hidden_size=12, words=40, spread=0.5):
    """Random weights, biases and LayerNorms too, or mistakes in them are not seen."""
    config = BertConfig(
        vocab_size=words,
        hidden_size=hidden_size,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=5,
        hidden_act=act,
        initializer_range=spread,
    )
    model = BertForPreTraining(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter.add_(0.3 * torch.randn_like(parameter))
    return model


@st.composite
def cases(draw, dtype):
    """A model of any activation and width, and the vectors that its heads take."""
    with torch.random.fork_rng():
        torch.manual_seed(draw(st.integers(0, 2**31)))
        model = pretraining_model(
            draw(st.sampled_from(["gelu", "gelu_new", "relu", "silu", "tanh"])),
            # LayerNorm of two numbers is only a sign: its gradient is rounding error.
            draw(st.integers(4, 24)),
            draw(st.integers(5, 60)),
            draw(st.sampled_from([0.02, 0.5])),
        ).to(dtype)
        shape = draw(st.integers(1, 3)), draw(st.integers(1, 9))
        return model, torch.randn(*shape, model.config.hidden_size, dtype=dtype)


def ours(model, hidden):
    pooled = pool(model.bert.pooler, hidden)
    related = next_sentence_logits(model.cls.seq_relationship, pooled)
    return word_logits(model.cls.predictions, hidden), pooled, related


def theirs(model, hidden):
    pooled = model.bert.pooler(hidden)
    return model.cls.predictions(hidden), pooled, model.cls.seq_relationship(pooled)


def assert_equal(model, hidden):
    """Outputs, and the gradients of all parameters and of the input."""
    results = []
    for outputs_of in (ours, theirs):
        own = hidden.clone().requires_grad_()
        model.zero_grad()
        outputs = outputs_of(model, own)
        sum(output.square().mean() for output in outputs).backward()
        grads = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
        results.append([*outputs, own.grad, *(grads[n].clone() for n in sorted(grads))])
    mine, others = results
    assert len(mine) == len(others) == 3 + 1 + 2 + 2 + 2 + 1 + 2 + 1
    for one, other in zip(mine, others, strict=True):
        assert one.shape == other.shape
        scale = max(1.0, float(other.detach().abs().max()))
        assert (one - other).abs().max() < BOUND[hidden.dtype] * scale


@given(cases(torch.float32))
@SOME
def test_heads_and_gradients_equal_the_librarys(case):
    assert_equal(*case)


@given(cases(torch.float64))
@SOME
def test_heads_and_gradients_equal_the_librarys_in_double_precision(case):
    assert_equal(*case)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_from_ids_to_logits_the_model_is_the_librarys(dtype):
    torch.manual_seed(0)
    model = pretraining_model().to(dtype)
    ids = torch.randint(40, (2, 7))
    with torch.inference_mode():
        output = model(input_ids=ids)
        words, _, related = ours(model, model.bert(ids).last_hidden_state)
    assert (words - output.prediction_logits).abs().max() < BOUND[dtype]
    assert (related - output.seq_relationship_logits).abs().max() < BOUND[dtype]


def test_a_piece_has_one_vector_on_both_sides():
    torch.manual_seed(0)
    model = pretraining_model()
    hidden = torch.randn(1, 1, 12)
    before = word_logits(model.cls.predictions, hidden)
    with torch.no_grad():
        model.bert.embeddings.word_embeddings.weight[7] += 1
    change = (word_logits(model.cls.predictions, hidden) - before).flatten()
    assert change.nonzero().flatten().tolist() == [7]


def test_the_pooler_reads_the_first_token_alone():
    model = pretraining_model()
    hidden = torch.randn(2, 5, 12)
    other = torch.cat([hidden[:, :1], torch.randn(2, 4, 12)], dim=1)
    pooled = pool(model.bert.pooler, hidden)
    assert pooled.shape == (2, 12)
    assert torch.equal(pooled, pool(model.bert.pooler, other))
    assert pooled.abs().max() < 1


def test_bad_input_is_named():
    model, hidden = pretraining_model(), torch.zeros(1, 3, 12)
    predictions, pooler = model.cls.predictions, model.bert.pooler
    with pytest.raises(
        TypeError, match="predictions must be a BertLMPredictionHead, not a BertPre"
    ):
        word_logits(model.cls, hidden)
    with pytest.raises(TypeError, match="pooler must be a BertPooler, not a NoneType"):
        pool(BertForMaskedLM(model.config).bert.pooler, hidden)
    with pytest.raises(TypeError, match="seq_relationship must be a Linear, not a B"):
        next_sentence_logits(model.cls, hidden[:, 0])
    with pytest.raises(ValueError, match=r"hidden must have the shape \(B, T, 12\)"):
        word_logits(predictions, hidden[..., :11])
    with pytest.raises(ValueError, match=r"hidden must have the shape \(B, T, 12\)"):
        pool(pooler, hidden[0])
    with pytest.raises(ValueError, match=r"pooled must have the shape \(B, 12\), not"):
        next_sentence_logits(model.cls.seq_relationship, hidden[0, :, :11])
    with pytest.raises(ValueError, match=r"pooled must have the shape \(B, 12\), not"):
        next_sentence_logits(model.cls.seq_relationship, hidden)


def test_training_mode_is_refused():
    model, hidden = pretraining_model().train(), torch.zeros(1, 3, 12)
    with pytest.raises(ValueError, match="predictions is in training mode"):
        word_logits(model.cls.predictions, hidden)
    with pytest.raises(ValueError, match="pooler is in training mode"):
        pool(model.bert.pooler, hidden)
    with pytest.raises(ValueError, match="seq_relationship is in training mode"):
        next_sentence_logits(model.cls.seq_relationship, hidden[:, 0])
