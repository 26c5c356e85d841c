"""Whole runs of `pretrain` on tiny data: killed, spread over processes, badly fed."""

import hashlib
import json
import math
import sys

import pytest
import torch
from forked import run_in_two
from interrupted import stopped
from safetensors.torch import load_file
from squad_files import answer, squad_file
from transformers import BertForMaskedLM, BertForPreTraining, BertForQuestionAnswering

import companion
from companion import __main__ as command_line
from companion import extras, training
from companion.fine_tuning import carry_over
from companion.fine_tuning.sources import read_sources
from companion.loading import EMBEDDED, read_model
from companion.pretraining import run
from companion.pretraining.evaluation import ask_hidden
from companion.pretraining.recipe import PretrainingRecipe
from companion.training import loop
from companion.training.log import read_losses

pytestmark = pytest.mark.slow  # each runs the command

FILES = {
    "README.md", "config.json", "model.safetensors", "tokenizer_config.json",
    "training.json", "training_log.jsonl", "vocab.txt",
}  # fmt: skip


def command(base, data, output, *more):
    options = ["--batch", "4", "--length", "16", "--epochs", "2", "--hide", "0.4"]
    options += ["--save-every", "2", "--arithmetic", "float32"]
    paths = ["--base", str(base), "--data", str(data), "--output", str(output)]
    return ["pretrain", *paths, *options, *more]


@pytest.mark.parametrize("name", ["people", "story"])
def test_the_command_trains_measures_and_writes_a_loadable_folder(
    base, name, tmp_path, capsys, request
):
    data, output = request.getfixturevalue(name), tmp_path / "output"
    assert command_line.main(command(base, data, output)) == 0
    assert f"{data.name} " in (printed := capsys.readouterr().out)
    assert " hidden tokens  loss " in printed
    assert {p.name for p in output.iterdir()} == FILES
    assert not list(tmp_path.glob("*.partial"))
    card = (output / "README.md").read_text("utf-8")
    assert f"python -m companion pretrain --data {data.name} --base base" in card
    assert hashlib.sha256(data.read_bytes()).hexdigest() in card
    assert f"| {data.name} | " in card
    assert "MiniLM" not in card
    tokenizer, _, lacking = read_model(BertForMaskedLM, str(output))
    assert lacking == []
    assert tokenizer("who ?")["input_ids"] == [2, 15, 16, 3]
    weights = [load_file(p / "model.safetensors") for p in (base, output)]
    assert weights[0].keys() == weights[1].keys()
    for part in ("bert.embeddings.word_embeddings", "cls.predictions.transform.dense"):
        assert not torch.equal(*(w[f"{part}.weight"] for w in weights))
    assert {w.dtype for w in weights[1].values()} == {torch.float16}
    assert command_line.main(command(base, data, output)) == 1
    assert f"--output {output}: exists already" in capsys.readouterr().err


def test_a_text_is_taken_once_however_many_questions_it_has(
    base, people, story, texts, tmp_path
):
    for data in (people, story):
        command_line.main(command(base, data, tmp_path / data.stem))
    records = [
        json.loads((tmp_path / data.stem / "training.json").read_text("utf-8"))
        for data in (people, story)
    ]
    assert [r["data"][0]["questions"] for r in records] == [len(texts) - 1] * 2
    logs = [tmp_path / data.stem / loop.LOG for data in (people, story)]
    stripped = [read_losses(log) for log in logs]
    assert stripped[0] == stripped[1]


def test_what_is_held_out_is_measured_and_never_trained_on(
    base, people, texts, tmp_path, monkeypatch
):
    seen = {}

    def cut(trained, *rest):
        seen["trained"] = trained
        return pieces_of(trained, *rest)

    def asked(tokenizer, model, held_out, **rest):
        seen["asked"] = held_out
        return ask_hidden(tokenizer, model, held_out, **rest)

    pieces_of = run.pieces_of
    monkeypatch.setattr(run, "pieces_of", cut)
    monkeypatch.setattr(run, "ask_hidden", asked)
    arguments = command(base, people, tmp_path / "out", "--hold-out", "paragraphs:2")
    assert command_line.main(arguments) == 0
    assert sorted(seen["trained"]) == sorted(texts[:5])
    assert seen["asked"] == texts[5:]
    record = json.loads((tmp_path / "out" / "training.json").read_text("utf-8"))
    assert list(record["results"]) == ["people.json"]
    assert record["results"]["people.json"]["texts"] == 2
    assert record["data"][0]["hold_out"] == "paragraphs:2"


def test_a_text_that_another_file_holds_out_is_refused(
    base, people, story, tmp_path, capsys
):
    arguments = command(base, people, tmp_path / "out", "--hold-out", "paragraphs:1",
                        "none")  # fmt: skip
    arguments.insert(arguments.index(str(people)) + 1, str(story))
    assert command_line.main(arguments) == 1
    assert "--data story.txt: 1 of its training questions are about what people.json "
    assert "people.json holds out" in capsys.readouterr().err
    assert not (tmp_path / "out.partial").exists()


def test_the_figures_in_the_card_are_those_of_the_stored_weights(
    base, people, texts, tmp_path
):
    output = tmp_path / "out"
    command_line.main(command(base, people, output, "--hold-out", "paragraphs:3"))
    record = json.loads((output / "training.json").read_text("utf-8"))
    tokenizer, model, _ = read_model(BertForMaskedLM, str(output))
    rows = ask_hidden(tokenizer, model, texts[4:])
    figures = record["results"]["people.json"]
    assert figures["hidden"] == rows[:, 0].sum()
    loss = rows[:, 1].sum() / rows[:, 0].sum()
    assert figures["loss"] == pytest.approx(loss, abs=0.02)  # perhaps in bfloat16


def test_fine_tuning_takes_the_folder_as_a_base(base, people, tmp_path, capsys):
    first, second = tmp_path / "first", tmp_path / "second"
    assert command_line.main(command(base, people, first)) == 0
    tune = ["fine-tune", "--base", str(first), "--data", str(people), "--epochs", "1"]
    tune += ["--arithmetic", "float32"]  # as before: Accelerate has one per process
    assert command_line.main([*tune, "--output", str(second)]) == 0
    [stage] = json.loads((second / "training.json").read_text("utf-8"))
    assert stage["command"].startswith("python -m companion fine-tune --data people")
    assert "--base first" in stage["command"]
    _, model = companion.load(str(second))
    assert model.config.hidden_size == 8
    # And the other way round.
    third = tmp_path / "third"
    assert command_line.main(command(second, people, third)) == 0
    assert "--base STAGE_1" in (third / "README.md").read_text("utf-8")
    read_model(BertForMaskedLM, str(third))


def test_a_second_pretraining_starts_from_the_first(base, people, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    command_line.main(command(base, people, first))
    command_line.main(command(first, people, second, "--freeze", "body"))
    body, again = (load_file(p / "model.safetensors") for p in (first, second))
    names = [name for name in body if name.startswith("bert.")]
    assert names
    assert all(torch.equal(body[name], again[name]) for name in names)
    assert not torch.equal(body["cls.predictions.bias"], again["cls.predictions.bias"])
    record = json.loads((second / "training.json").read_text("utf-8"))
    assert (record["base"], record["recipe"]["freeze"]) == ("first", "body")
    assert "--freeze body" in record["command"]


def test_with_next_sentence_the_folder_has_both_heads(base, people, tmp_path):
    output = tmp_path / "out"
    assert command_line.main(command(base, people, output, "--next-sentence")) == 0
    assert "--next-sentence" in (output / "README.md").read_text("utf-8")
    for kind in (BertForPreTraining, BertForMaskedLM):
        assert read_model(kind, str(output))[2] == []
    names = set(load_file(output / "model.safetensors"))
    assert {"bert.pooler.dense.weight", "cls.seq_relationship.weight"} <= names


def test_a_random_base_has_the_embedded_models_shape_and_new_weights(embedded):
    torch.manual_seed(5)
    tokenizer, model = run.body_to_pretrain("random", next_sentence=False)
    assert type(model) is BertForMaskedLM
    assert tokenizer.get_vocab() == embedded[0].get_vocab()
    wanted = {n: p.shape for n, p in embedded[1].bert.named_parameters()}
    found = dict(model.bert.named_parameters())
    assert {n: p.shape for n, p in found.items()} == wanted
    table = model.bert.embeddings.word_embeddings.weight
    assert table is model.cls.predictions.decoder.weight
    assert float(table.detach().std()) == pytest.approx(
        model.config.initializer_range, rel=0.01
    )


def test_a_random_base_is_the_seeds(
    base, tokenizer, make, people, tmp_path, monkeypatch
):
    training.save(make(BertForQuestionAnswering), tokenizer, base)
    monkeypatch.setattr(run, "EMBEDDED", base)
    losses = []
    for number, seed in enumerate(("7", "7", "8")):
        output = tmp_path / str(number)
        more = ("--seed", seed, "--next-sentence") if number == 2 else ("--seed", seed)
        assert command_line.main(command("random", people, output, *more)) == 0
        losses.append(read_losses(output / loop.LOG))
    assert losses[0] == losses[1] != losses[2]
    assert "--base random" in (tmp_path / "0" / "README.md").read_text("utf-8")
    assert losses[0][0] == pytest.approx(math.log(len(tokenizer)), abs=0.3)


@pytest.mark.parametrize("next_sentence", [False, True])
def test_a_body_that_answers_gets_new_heads_and_keeps_its_weights(
    tokenizer, make, monkeypatch, next_sentence
):
    encoder = make(BertForQuestionAnswering)
    monkeypatch.setattr(carry_over, "starting_point", lambda name: (tokenizer, encoder))
    _, model = run.body_to_pretrain("minilm-cased", next_sentence)
    assert type(model) is (BertForPreTraining if next_sentence else BertForMaskedLM)
    body = model.bert.state_dict()
    for name, weights in encoder.bert.state_dict().items():
        assert torch.equal(weights, body[name]), name
    table = model.bert.embeddings.word_embeddings.weight
    assert table is model.cls.predictions.decoder.weight


def test_the_embedded_model_can_be_pretrained_further(embedded):
    torch.manual_seed(0)
    _, model = run.body_to_pretrain(str(EMBEDDED), next_sentence=True)
    body = model.bert.state_dict()
    for name, weights in embedded[1].bert.state_dict().items():
        assert torch.equal(weights, body[name]), name


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--freeze", "all"], "--freeze must be nothing, words or body, not 'all'"),
        (["--length", "65"], "--length 65: the base reads 64 tokens"),
        (["--hide", "0"], "--hide must be at least 0.01 and at most 1, not 0.0"),
        (["--dropout", "1"], "--dropout must be at least 0 and at most 0.9, not 1.0"),
        (["--learning-rate", "0"], "--learning-rate must be above 0 and finite"),
        (["--arithmetic", "float16"], "--arithmetic must be fastest, float32 or bfl"),
        (["--base", "somebody/model"], "somebody/model@REVISION"),
        (["--hold-out", "paragraphs:7"], "people.json: paragraphs:7 leaves nothing"),
    ],
)
def test_an_option_that_makes_no_sense_is_named_and_leaves_nothing(
    base, people, tmp_path, capsys, more, message
):
    assert command_line.main(command(base, people, tmp_path / "out", *more)) == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("companion: ")
    assert error.count("\n") == 1
    assert {p.name for p in tmp_path.iterdir()} == {"base", "people.json"}


@pytest.mark.parametrize(
    ("option", "value"),
    [("length", "7"), ("epochs", "0"), ("batch", "0"), ("hide", "1.5"), ("seed", "-1")],
)
def test_a_number_out_of_range_is_named_with_its_option(option, value, capsys):
    with pytest.raises(SystemExit) as stop:
        command_line.main(command("b", "d.json", "out", f"--{option}={value}"))
    assert stop.value.code == 2
    assert f"argument --{option}: must be a" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("epochs", 0, "--epochs must be at least 1, not 0"),
        ("batch", 0, "--batch must be at least 1"),
        ("length", 7, "--length must be at least 8, not 7"),
        ("seed", 10**30, "--seed must be at least 0 and at most"),
        ("hide", float("nan"), "--hide must be"),
        ("learning_rate", float("inf"), "--learning-rate must be above 0 and finite"),
        ("freeze", "", "--freeze must be nothing, words or body, not ''"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_named(option, value, message):
    with pytest.raises(ValueError, match=message):
        PretrainingRecipe(**{option: value}).check()


def test_without_accelerate_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(extras.MissingExtra, match=r'"inside-bert\[train\]"'):
        run.run_pretraining([], [], "base", PretrainingRecipe(), tmp_path / "out", 1)


def test_bad_texts_leave_nothing_behind(base, tmp_path, capsys):
    for content, message in ((b"\xff\xfe", "not a text in UTF-8"), (b" \n", "no text")):
        (tmp_path / "bad.txt").write_bytes(content)
        assert (
            command_line.main(command(base, tmp_path / "bad.txt", tmp_path / "o")) == 1
        )
        assert f"bad.txt: {message}" in capsys.readouterr().err
    (tmp_path / "bad.txt").write_text("\u200b\n\n\u200b \u200b\n\n\u200d", "utf-8")
    assert command_line.main(command(base, tmp_path / "bad.txt", tmp_path / "o")) == 1
    assert "--data: none of the 2 texts has a token" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"base", "bad.txt"}


def test_held_out_texts_too_short_to_hide_anything_are_no_failure(
    base, texts, tmp_path
):
    story = tmp_path / "story.txt"
    story.write_text("\n\n".join([*texts, "\u200b"]), "utf-8")  # without a token
    assert command_line.main(command(base, story, tmp_path / "out")) == 0
    record = json.loads((tmp_path / "out" / "training.json").read_text("utf-8"))
    assert record["results"] == {}


def test_a_base_of_few_positions_is_measured_in_shorter_pieces(base, texts, tmp_path):
    story = tmp_path / "story.txt"
    long = "i sing by the sea . " * 20  # the last one, which is held out
    story.write_text("\n\n".join([*texts, long]), "utf-8")
    arguments = command(base, story, tmp_path / "out", "--hold-out", "paragraphs:1")
    assert command_line.main(arguments) == 0
    record = json.loads((tmp_path / "out" / "training.json").read_text("utf-8"))
    assert record["results"]["story.txt"]["hidden"] > 8


def test_fine_tuning_refuses_a_plain_text(base, story, tmp_path, capsys):
    arguments = ["fine-tune", "--base", str(base), "--data", str(story)]
    assert command_line.main([*arguments, "--output", str(tmp_path / "out")]) == 1
    assert "story.txt: no JSON file" in capsys.readouterr().err


def test_the_same_command_goes_on_to_the_same_weights(base, people, tmp_path, capsys):
    for more in ([], ["--next-sentence"], ["--freeze", "words"]):
        names = [
            tmp_path / f"{kind}{len(more)}{more[-1:]}" for kind in ("cut", "whole")
        ]
        cut, whole = (
            command(base, people, n, *more, "--dropout", "0.1") for n in names
        )
        stopped(cut)
        assert command_line.main(cut) == command_line.main(whole) == 0
        weights = [(n / "model.safetensors").read_bytes() for n in names]
        assert weights[0] == weights[1]
        logs = [(n / loop.LOG).read_bytes() for n in names]
        assert logs[0] == logs[1]


def test_another_text_is_not_taken_up_by_a_run_that_was_cut(
    base, people, tmp_path, capsys
):
    arguments = command(base, people, tmp_path / "out")
    stopped(arguments)
    text = people.read_text("utf-8")
    people.write_text(text.replace("name is cleo", "name is dora"), "utf-8")
    assert command_line.main(arguments) == 1
    assert "begun with training data" in capsys.readouterr().err


def test_a_late_failure_leaves_the_weights_and_goes_on(
    base, people, tmp_path, capsys, monkeypatch
):
    def fail(*_, **__):
        raise OSError("no space left")

    arguments = command(base, people, tmp_path / "out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "ask_hidden", fail)
        assert command_line.main(arguments) == 1
    folder = tmp_path / "out.partial" / "model"
    message = f"no space left. The training is done: its weights are in {folder}"
    assert message in capsys.readouterr().err
    stored = (folder / "model.safetensors").read_bytes()
    monkeypatch.setattr(loop, "one_step", fail)  # no step is left
    assert command_line.main(arguments) == 0
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == stored


def test_a_folder_that_is_in_the_way_is_left_alone(base, people, tmp_path, capsys):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "thesis.txt").write_text("mine")
    assert command_line.main(command(base, people, tmp_path / "out")) == 1
    assert "out.partial is in the way" in capsys.readouterr().err
    assert (tmp_path / "out.partial" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("more", [[], ["--next-sentence"]])
def test_two_processes_have_the_losses_of_one_with_the_doubled_batch(
    base, people, tmp_path, more
):
    one, two = tmp_path / "one", tmp_path / "two"
    more = [*more, "--learning-rate", "0.01", "--all"]
    assert command_line.main(command(base, people, one, *more)) == 0
    halved = command(base, people, two, *more)
    halved[halved.index("--batch") + 1] = "2"
    run_in_two(halved, tmp_path)
    losses = [read_losses(folder / loop.LOG) for folder in (one, two)]
    assert len(losses[0]) >= 8
    assert losses[1] == pytest.approx(losses[0], abs=2e-4)
    assert losses[0][-1] < losses[0][0]


def test_a_share_of_a_file_is_a_share_of_its_texts(tmp_path, texts):
    path = squad_file(
        tmp_path / "a.json", *[(t, answer("my", 0)) for t in texts for _ in range(3)]
    )
    [source] = read_sources([f"{path}:0.5"], ["none"], 0, texts=True)
    found = [e.context for e in source.training]
    assert len(found) == len(set(found)) == round(0.5 * len(texts))
    [source] = read_sources([f"{path}:2"], ["none"], 0, texts=True)
    assert sorted(e.context for e in source.training) == sorted(texts * 2)
