"""The loss over hidden tokens, and the loop: repeated, interrupted, taken up again."""

import json
import os

import pytest
import torch
from accelerate import Accelerator
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from interrupted import Killed, equal, killed
from safetensors import safe_open
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy
from transformers import BertForMaskedLM, BertForPreTraining

from companion.pretraining import masked_word_loss, pretrain
from companion.pretraining.loop import Guesser, freeze, part_of_loss
from companion.pretraining.masking import NOT_ASKED
from companion.pretraining.recipe import PretrainingRecipe
from companion.pretraining.texts import hidden, padded, pairs_of, pieces_of
from companion.training import loop, state
from companion.training.log import read_losses

LIKE = {"rtol": 0, "atol": 1e-6}
SOME = examples(100)


def batch_of(tokenizer, texts, share=0.4, paired=False, length=16):
    pieces = pieces_of(texts, tokenizer, length)
    generator = torch.Generator().manual_seed(1)
    pieces = pairs_of(pieces, 0) if paired else pieces
    return [hidden(piece, tokenizer, share, generator) for piece in pieces]


@st.composite
def logits_and_labels(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 8)))
    words, seed = draw(st.integers(2, 30)), draw(st.integers(0, 2**31))
    generator = torch.Generator().manual_seed(seed)
    logits = 9 * torch.randn(*shape, words, generator=generator, dtype=torch.float64)
    labels = torch.randint(words, shape, generator=generator)
    asked = torch.rand(shape, generator=generator) < 0.5
    asked[0, 0] = True
    return logits, torch.where(asked, labels, NOT_ASKED)


@given(logits_and_labels())
@SOME
def test_the_loss_is_torchs_over_the_hidden_tokens_and_its_gradient(case):
    logits, labels = case
    values = []
    for loss_of in (
        masked_word_loss,
        lambda x, y: cross_entropy(x.flatten(0, 1), y.flatten(), ignore_index=-100),
    ):
        own = logits.clone().requires_grad_()
        loss = loss_of(own, labels)
        loss.backward()
        values.append((loss.detach(), own.grad))
    for mine, theirs in zip(*values, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=0, atol=1e-12)
    assert not values[0][1][labels == NOT_ASKED].any()


def test_a_hidden_token_of_id_0_is_asked_like_any_other():
    logits, labels = torch.randn(1, 3, 5), torch.tensor([[NOT_ASKED, 0, NOT_ASKED]])
    wanted = -logits[0, 1].softmax(0)[0].log()
    torch.testing.assert_close(masked_word_loss(logits, labels), wanted)


def test_to_average_first_and_hide_afterwards_hides_nothing():
    """A mean over all tokens, multiplied by the mask, depends on what was not asked."""
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 6, 9), torch.randint(9, (2, 6))
    is_hidden = torch.zeros(2, 6, dtype=torch.bool)
    is_hidden[:, :2] = True
    right = masked_word_loss(logits, torch.where(is_hidden, labels, NOT_ASKED))
    mean = cross_entropy(logits.flatten(0, 1), labels.flatten())
    wrong = (mean * is_hidden).sum() / is_hidden.sum()
    assert wrong == mean
    assert abs(wrong - right) > 0.01


def test_with_nothing_hidden_the_loss_is_no_number():
    labels = torch.full((1, 2), NOT_ASKED)
    assert masked_word_loss(torch.zeros(1, 2, 3), labels).isnan()


def test_the_loss_is_the_librarys(tokenizer, make, texts):
    model, batch = make().eval(), batch_of(tokenizer, texts)
    inputs = padded(batch)
    inputs.pop("relations")
    output = model(**inputs)
    mine = masked_word_loss(output.logits, inputs["labels"])
    torch.testing.assert_close(mine, output.loss, **LIKE)
    loss = part_of_loss(Guesser(model), batch, batch)
    torch.testing.assert_close(loss, output.loss, **LIKE)


def test_with_relations_the_loss_is_the_librarys_sum(tokenizer, make, texts):
    model = make(BertForPreTraining).eval()
    batch = batch_of(tokenizer, texts, paired=True)
    inputs = padded(batch)
    relations = inputs.pop("relations")
    assert set(relations.tolist()) == {0, 1}
    output = model(**inputs, next_sentence_label=relations)
    loss = part_of_loss(Guesser(model), batch, batch)
    torch.testing.assert_close(loss, output.loss, **LIKE)


@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
def test_a_guesser_gives_the_librarys_logits_at_hidden_places(
    tokenizer, make, texts, kind
):
    model = make(kind).eval()
    inputs = padded(batch_of(tokenizer, texts, paired=kind is BertForPreTraining))
    asked = inputs.pop("labels") != NOT_ASKED
    inputs.pop("relations")
    with torch.inference_mode():
        words, related = Guesser(model)(**inputs, is_hidden=asked)
        output = model(**inputs)
    if kind is BertForMaskedLM:
        assert related is None
        torch.testing.assert_close(words, output.logits[asked], **LIKE)
    else:
        torch.testing.assert_close(words, output.prediction_logits[asked], **LIKE)
        torch.testing.assert_close(related, output.seq_relationship_logits, **LIKE)


@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
@pytest.mark.parametrize("processes", [2, 3, 40])
def test_the_shares_of_all_processes_add_up(tokenizer, make, texts, kind, processes):
    model = make(kind).eval()
    batch = batch_of(tokenizer, texts, paired=kind is BertForPreTraining)
    parts = [batch[rank::processes] for rank in range(processes)]
    assert (processes < 40) or [] in parts  # some have no piece
    network = Guesser(model)
    shares = [part_of_loss(network, part, batch) for part in parts]
    whole = part_of_loss(network, batch, batch)
    torch.testing.assert_close(sum(shares), whole, **LIKE)
    assert all(share.requires_grad for share in shares)


def test_a_batch_without_a_hidden_token_costs_nothing(tokenizer, make, texts):
    batch = batch_of(tokenizer, texts, share=0)
    loss = part_of_loss(Guesser(make()), batch, batch)
    assert loss == 0
    loss.backward()


def test_a_guesser_trains_all_parts_of_the_model(tokenizer, make, texts):
    for kind in (BertForMaskedLM, BertForPreTraining):
        model = make(kind)
        batch = batch_of(tokenizer, texts, paired=kind is BertForPreTraining)
        part_of_loss(Guesser(model), batch, batch).backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None, name


def train(tokenizer, model, texts, folder, paired=False, **recipe):
    """Train `model` in `folder`, or go on there; returns the final weights."""
    folder.mkdir(exist_ok=True)
    settings = {"batch": 4, "epochs": 2, "learning_rate": 0.01, "hide": 0.3, **recipe}
    pieces = pieces_of(texts, tokenizer, 16)
    pieces = pairs_of(pieces, 0) if paired else pieces
    recipe = PretrainingRecipe(next_sentence=paired, **settings)
    pretrain(model, tokenizer, pieces, folder, recipe, Accelerator(), save_every=2)
    assert not model.training
    return {k: v.clone() for k, v in model.state_dict().items()}


@pytest.mark.slow
@pytest.mark.parametrize("paired", [False, True])
def test_training_lowers_the_loss_and_repeats_itself(
    tokenizer, make, texts, tmp_path, paired
):
    kind = BertForPreTraining if paired else BertForMaskedLM

    def run(name, seed=0):
        more = {"paired": paired, "epochs": 12, "seed": seed, "dropout": 0.1}
        return train(tokenizer, make(kind), texts, tmp_path / name, **more)

    once = run("once")
    assert equal(once, run("again"))
    assert not equal(once, run("other", seed=1))
    losses = read_losses(tmp_path / "once" / loop.LOG)
    steps = len(losses) // 12
    assert sum(losses[-3 * steps :]) < 0.9 * sum(losses[: 3 * steps])


@pytest.mark.parametrize(
    "die_at",
    [
        (loop, "one_step", 6),
        *(
            pytest.param(place, marks=pytest.mark.slow)
            for place in [
                (loop, "one_step", 1),
                (state, "save_file", 2),
                (os, "replace", 1),
            ]
        ),
    ],
    ids=lambda d: f"{d[1]}-{d[2]}",
)
@pytest.mark.parametrize("what", ["nothing", "words"])
def test_after_a_kill_the_weights_are_those_of_an_uninterrupted_run(
    tokenizer, make, texts, tmp_path, die_at, what
):
    def run(name):
        more = {"seed": 3, "dropout": 0.1, "freeze": what}
        return train(tokenizer, make(), texts, tmp_path / name, **more)

    whole = run("whole")
    assert len(read_losses(tmp_path / "whole" / loop.LOG)) > 6
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*die_at[:2], killed(*die_at))
        with pytest.raises(Killed):
            run("killed")
    assert equal(run("killed"), whole)
    logs = [tmp_path / name / loop.LOG for name in ("whole", "killed")]
    assert logs[0].read_bytes() == logs[1].read_bytes()


@pytest.mark.parametrize("kind", [BertForMaskedLM, BertForPreTraining])
@pytest.mark.parametrize("what", ["nothing", "words", "body"])
def test_what_is_frozen_stays_as_it_was_and_is_not_in_the_state(
    tokenizer, make, texts, tmp_path, kind, what
):
    start = make(kind).state_dict()
    paired = kind is BertForPreTraining
    end = train(tokenizer, make(kind), texts, tmp_path / "run", paired, freeze=what)
    table = "bert.embeddings.word_embeddings.weight"
    frozen = {"nothing": (), "words": (table,), "body": ("bert.",)}[what]
    tied = "cls.predictions.decoder."  # its weight is the table, its bias the head's
    for name, weights in end.items():
        is_frozen = name.startswith(frozen) or (
            name == f"{tied}weight" and table.startswith(frozen)
        )
        assert torch.equal(weights, start[name]) == is_frozen, name
    assert torch.equal(end[table], end[f"{tied}weight"])
    stored = load_file(tmp_path / "run" / loop.STATE)
    trained = {n for n in end if not n.startswith((*frozen, tied))}
    for kind in ("weights", *state.MOMENTS):
        names = {n.removeprefix(f"{kind}.") for n in stored if n.startswith(kind + ".")}
        assert names == trained


def test_freezing_nothing_freezes_nothing(make):
    model = make()
    freeze(model, "nothing")
    assert all(p.requires_grad for p in model.parameters())


def test_a_state_of_another_recipe_is_not_taken_up(tokenizer, make, texts, tmp_path):
    train(tokenizer, make(), texts, tmp_path / "run")
    with pytest.raises(ValueError, match=r"begun with hide 0\.3, not 0\.2"):
        train(tokenizer, make(), texts, tmp_path / "run", hide=0.2)
    with safe_open(tmp_path / "run" / loop.STATE, "pt") as file:
        facts = json.loads(file.metadata()["state"])["facts"]
    assert {"length", "hide", "freeze", "next_sentence", "seed", "steps"} <= set(facts)
