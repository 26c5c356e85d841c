"""The card of a model that guesses is written from what is stored in its folder."""

import json

import pytest
import yaml

from companion.checksums import file_sha256
from companion.fine_tuning.card import RECORD, stages_of
from companion.fine_tuning.card_text import DATA
from companion.fine_tuning.held_out import DEFAULT, NONE
from companion.fine_tuning.sources import SHORT, Source
from companion.loading import card_checksums
from companion.pretraining.card import (
    guesser_card,
    pretraining_record,
    write_guesser_card,
)
from companion.pretraining.recipe import PretrainingRecipe

FIGURES = {"texts": 3, "hidden": 12_345, "loss": 4.4444, "loss_interval": [4.4, 4.567]}
for measure in ("top_1", "top_5"):
    FIGURES |= {measure: 38.26, f"{measure}_interval": [37.0, 39.54]}
QED = next(shas[0] for text, shas in DATA.items() if "QED" in text)


def source(name, share=1.0, rule=DEFAULT, sha256="0" * 64):
    return Source(name, share, [], [], sha256, {"hold_out": rule})


def record(*sources, base="minilm-cased", results=None, **recipe):
    recipe = PretrainingRecipe(**recipe)
    return pretraining_record(base, recipe, list(sources), results or {})


@pytest.fixture
def folder(tmp_path):
    """A folder with weights, of which nothing is recorded yet."""
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "training_log.jsonl").write_text("{}")
    return tmp_path


def test_the_header_has_the_checksum_of_every_file_and_of_the_record(folder):
    write_guesser_card(folder, record(source("a.json")))
    text = (folder / "README.md").read_text("utf-8")
    header = yaml.safe_load(text.split("---")[1])
    names = ["model.safetensors", "training.json", "training_log.jsonl"]
    assert header["sha256"] == {name: file_sha256(folder / name) for name in names}
    assert header["sha256"] == card_checksums(folder)  # what loading checks
    assert header["pipeline_tag"] == "fill-mask"


def test_the_command_trains_the_same_again():
    sources = [source("a.json", 0.5, "pages:8"), source(SHORT, 2.0, NONE, None)]
    changed = {"epochs": 3, "learning_rate": 1e-4, "freeze": "words"}
    made = record(*sources, **changed, next_sentence=True, arithmetic="bfloat16")
    assert made["command"] == (
        f"python -m companion pretrain --data a.json:0.5 {SHORT}:2 "
        "--hold-out pages:8 none --epochs 3 --learning-rate 0.0001 --next-sentence "
        "--freeze words --arithmetic bfloat16 --output FOLDER"
    )
    assert record(source("a.json"), base="random")["command"] == (
        "python -m companion pretrain --data a.json --base random --output FOLDER"
    )


def test_the_command_can_be_read_by_the_command_line(monkeypatch):
    from companion import __main__ as command_line
    from companion.pretraining import run

    asked = []
    monkeypatch.setattr(run, "run_pretraining", lambda *rest: asked.append(rest))
    changed = {"epochs": 3, "hide": 0.4, "next_sentence": True, "freeze": "body"}
    made = record(source("a.json", 0.5, "pages:8"), **changed)["command"]
    assert command_line.main(made.split()[3:]) == 0
    [(data, rules, base, recipe, *_)] = asked
    assert (data, rules, base) == (["a.json:0.5"], ["pages:8"], "minilm-cased")
    assert recipe == PretrainingRecipe(**changed)


def test_the_figures_the_settings_and_the_sources_are_in_the_text(folder):
    made = record(source("a.json"), source("of_mine.json", sha256=QED),
                  results={"a.json": FIGURES}, next_sentence=True)  # fmt: skip
    write_guesser_card(folder, made)
    text = guesser_card(folder, more="\nMore of it.\n")
    assert (
        "| a.json | 12,345 | 4.44 (4.40 to 4.57) | 38.3 (37.0 to 39.5) | "
        "38.3 (37.0 to 39.5) |"
    ) in text
    assert f"    {made['command']}\n" in text
    assert "| learning rate | 0.0006 |" in text
    assert "| next sentence | True |" in text
    assert "Sentence Transformers" in text
    assert text.count("TACL 2021") == 1
    assert "`a.json`: not described here" in text
    assert f"- `a.json`, SHA-256 `{'0' * 64}`" in text
    assert f"- `of_mine.json`, SHA-256 `{QED}`" in text
    assert text.endswith("\nMore of it.\n")
    assert "{" not in text.split("---", 2)[2]


def test_a_pretraining_is_no_stage_of_fine_tuning(folder):
    write_guesser_card(folder, record(source("a.json")))
    assert json.loads((folder / RECORD).read_text("utf-8"))["base"] == "minilm-cased"
    assert stages_of(folder) == []
