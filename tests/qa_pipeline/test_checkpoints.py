import json

import pytest
import torch
from transformers import RobertaConfig, RobertaModel

import companion
from companion.running import CONTEXT, QUESTION
from oracle import small

SAVED = ["bert", "distilbert", "roberta", "xlm-roberta", "deberta-v2", "modernbert"]


@pytest.fixture(scope="module")
def roberta(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roberta")
    small.save("roberta", folder)
    return folder


@pytest.mark.parametrize("name", SAVED)
def test_a_folder_answers_as_the_model_that_was_saved(name, tmp_path):
    small.save(name, tmp_path)
    loaded = companion.question_answerer(str(tmp_path), device="cpu")
    wanted = companion.QuestionAnswerer(*small.small_model(name))
    question, context = "Where?", "My name is Foo and I live in Berlin."
    mine, theirs = (a(question, context, top_k=5) for a in (loaded, wanted))
    for one, other in zip(mine, theirs, strict=True):
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)
        assert one | {"score": 0} == other | {"score": 0}


def test_without_a_name_it_is_the_books_own(answerer):
    loaded = companion.question_answerer()
    assert loaded(QUESTION, CONTEXT) == answerer(QUESTION, CONTEXT)
    assert loaded.model.dtype == torch.float32


def test_weights_without_a_head_are_refused(roberta, tmp_path):
    config = RobertaConfig.from_pretrained(roberta)
    small.small_model("roberta")[0].save_pretrained(tmp_path)
    RobertaModel(config).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"its weights lack qa_outputs\.bias"):
        companion.question_answerer(str(tmp_path))


def test_code_in_a_checkpoint_is_not_run(roberta, tmp_path):
    for path in roberta.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    settings = json.loads((tmp_path / "config.json").read_text())
    settings["auto_map"] = {"AutoModelForQuestionAnswering": "mine.Mine"}
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "mine.py").write_text("raise SystemExit('it was run')")
    assert companion.question_answerer(str(tmp_path))("Who?", CONTEXT)["answer"]


def test_weights_in_another_format_are_not_read(roberta, tmp_path):
    for path in roberta.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(FileNotFoundError, match=r"no model\.safetensors"):
        companion.question_answerer(str(tmp_path))


def test_what_is_nowhere_is_named():
    with pytest.raises(ConnectionError, match="'nobody/nothing' is no local folder"):
        companion.question_answerer("nobody/nothing", revision="abc")
    with pytest.raises(FileNotFoundError, match="there is no folder '/no/where/at'"):
        companion.question_answerer("/no/where/at")


def test_damaged_weights_are_named(roberta, tmp_path):
    for path in roberta.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ValueError, match=r"the weights of .* are cut short or damaged"):
        companion.question_answerer(str(tmp_path))


def test_another_kind_of_model_is_named(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "vit"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ValueError, match=r"of .* cannot be used"):
        companion.question_answerer(str(tmp_path))


def test_the_command_asks_any_family(roberta, capsys):
    from companion.__main__ import main

    assert main(["ask", "Who?", CONTEXT, "--model", str(roberta), "--json"]) == 0
    [found] = json.loads(capsys.readouterr().out)
    assert CONTEXT[found["start"] : found["end"]] == found["answer"]
