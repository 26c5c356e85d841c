"""The card of a fine-tuned model is written from what is stored in its folder."""

import json

import pytest
import yaml

from companion.checksums import file_sha256
from companion.fine_tuning import card
from companion.fine_tuning.card_text import DATA
from companion.fine_tuning.held_out import DEFAULT
from companion.fine_tuning.recipe import Recipe
from companion.fine_tuning.sources import SHORT, Source
from companion.loading import EMBEDDED

QED = next(shas[0] for text, shas in DATA.items() if "QED" in text)


@pytest.fixture
def folder(tmp_path):
    """A folder with weights, of which nothing is recorded yet."""
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "training_log.jsonl").write_text("{}")
    return tmp_path


def stage(*data, base="base"):
    """A stage of the embedded model's training, on other data."""
    real = card.stages_of(EMBEDDED)[0]
    rows = [{"name": n, "questions": 1, "sha256": sha} for n, sha in data]
    return {**real, "base": base, "data": rows}


def test_the_header_has_the_checksum_of_every_file_and_of_the_record(folder):
    card.write_card(folder, [stage(("a.json", "0" * 64))])
    header = yaml.safe_load((folder / "README.md").read_text("utf-8").split("---")[1])
    names = ["model.safetensors", "training.json", "training_log.jsonl"]
    assert header["sha256"] == {name: file_sha256(folder / name) for name in names}


def test_files_of_one_name_in_two_stages_keep_their_checksums(folder):
    first, second = stage(("a.json", "0" * 64)), stage(("a.json", "1" * 64))
    card.write_card(folder, [first, second])
    text = (folder / "README.md").read_text("utf-8")
    assert f"`a.json`, SHA-256 `{'0' * 64}`" in text
    assert f"`a.json`, SHA-256 `{'1' * 64}`" in text


def test_a_source_is_known_by_its_checksum_not_by_its_name(folder):
    card.write_card(
        folder, [stage(("renamed.json", QED), ("qed_of_mine.json", "0" * 64))]
    )
    text = (folder / "README.md").read_text("utf-8")
    assert text.count("TACL 2021") == 1
    assert "`renamed.json`: not described" not in text
    assert "`qed_of_mine.json`: not described here" in text


def test_a_folder_named_like_a_starting_point_is_not_taken_for_it(folder):
    card.write_card(folder, [stage(base="minilm-cased-of-mine")])
    text = (folder / "README.md").read_text("utf-8")
    assert "Sentence Transformers" not in text
    assert "`minilm-cased-of-mine`: not described here" in text


def source(name, share=1.0, rule=DEFAULT):
    return Source(name, share, [], [], None, {"hold_out": rule})


def test_a_folder_below_ones_home_keeps_its_record(folder, monkeypatch):
    """A shell leaves `--base=~/mine` as it is, and the library opens it."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(folder.parent))
    home = f"~/{folder.name}"
    assert card.start_of(home) == folder.name
    card.write_card(folder, [stage(("a.json", "0" * 64))])
    assert card.stages_of(home) == card.stages_of(folder) != []
    assert card.start_of(home) == "STAGE_1"


def test_the_command_trains_the_same_again(embedded, folder):
    recipe = Recipe(epochs=3, arithmetic="float32")
    sources = [source("a.json", 0.5, "pages:8"), source(SHORT, 2.0, "none")]
    made = card.stage("minilm-cased", recipe, sources, {}, embedded[1])
    assert made["command"] == (
        f"python -m companion fine-tune --data a.json:0.5 {SHORT}:2 "
        "--hold-out pages:8 none --epochs 3 --arithmetic float32 --output STAGE_1"
    )
    (folder / card.RECORD).write_text(json.dumps([made]))
    again = card.stage(str(folder), Recipe(), [source("a.json")], {}, embedded[1])
    assert again["command"] == (
        "python -m companion fine-tune --data a.json --base STAGE_1 --output STAGE_2"
    )


def test_the_card_has_the_dropout_that_was_trained_with(embedded):
    for recipe, told in ((Recipe(), 0.1), (Recipe(dropout=0.0), 0.0)):
        made = card.stage("minilm-cased", recipe, [source("a.json")], {}, embedded[1])
        assert made["dropout"] == told
    assert "--dropout 0.0 " in made["command"]
    assert made["attention_dropout"] == 0.0


def test_each_stage_of_the_embedded_model_begins_where_the_last_one_ended():
    first, second = card.stages_of(EMBEDDED)
    assert first["command"].endswith("--output STAGE_1")
    assert "--base STAGE_1 " in second["command"]
