"""Whole runs of `fine-tune` on tiny data: killed, spread over processes, badly fed."""

import hashlib
import json
import sys
import time

import pytest
from forked import one_thread, run_in_two, started
from interrupted import stopped
from squad_files import answer, squad_file
from transformers import BertTokenizer

import companion
from companion import __main__ as command_line
from companion import extras, measured, training
from companion.fine_tuning import Recipe, carry_over, evaluation
from companion.fine_tuning.run import train
from companion.training import loop
from companion.training.log import read_losses

pytestmark = pytest.mark.slow  # each runs the command


def command(base, data, output, *more):
    options = ["--batch", "2", "--save-every", "2", "--arithmetic", "float32"]
    paths = ["--base", str(base), "--data", str(data), "--output", str(output)]
    return ["fine-tune", *paths, *options, *more]


def test_the_command_trains_measures_and_writes_a_loadable_folder(
    base, people, tmp_path, capsys
):
    output = tmp_path / "output"
    assert command_line.main(command(base, people, output)) == 0
    assert "people.json 1 questions  EM" in capsys.readouterr().out
    assert {p.name for p in output.iterdir()} == {
        "README.md", "config.json", "learning_curve.png", "model.safetensors",
        "tokenizer_config.json", "training.json", "training_log.jsonl", "vocab.txt",
    }  # fmt: skip
    assert not list(tmp_path.glob("*.partial"))
    card = (output / "README.md").read_text("utf-8")
    assert "| 1 | people.json | 1 |" in card
    assert hashlib.sha256(people.read_bytes()).hexdigest() in card
    assert "MiniLM" not in card
    assert "SQuADShifts" not in card
    _, trained = companion.load(str(output))
    assert trained.config.hidden_size == 8
    assert command_line.main(command(base, people, output)) == 1
    assert "exists already" in capsys.readouterr().err


def test_the_card_of_a_second_stage_tells_both(base, people, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    command_line.main(command(base, people, first, "--epochs", "1"))
    command_line.main(command(first, f"{people}:2", second, "--all"))
    card = (second / "README.md").read_text("utf-8")
    assert "--output STAGE_1" in card
    assert "--data people.json:2 --hold-out none --base STAGE_1" in card
    assert [s["recipe"]["epochs"] for s in json.loads(
        (second / "training.json").read_text("utf-8"))] == [1, 2]  # fmt: skip


def test_bad_data_leave_nothing_behind(base, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    output = tmp_path / "output"
    assert command_line.main(command(base, tmp_path / "bad.json", output)) == 1
    assert "bad.json: no JSON file" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"base", "bad.json"}


@pytest.mark.parametrize(
    ("question", "message"),
    [("", "question must hold some text"), ("\u200b", "question has no token")],
)
def test_a_held_out_question_that_cannot_be_asked_is_named_before_training(
    base, people, tmp_path, capsys, question, message
):
    text = people.read_text("utf-8").replace("Who 6?", question)  # the last one
    people.write_text(text, "utf-8")
    assert command_line.main(command(base, people, tmp_path / "output")) == 1
    assert f"people.json, question 'q6': {message}" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"base", people.name}


def test_answers_that_no_window_holds_are_counted_or_refused(
    base, people, tmp_path, capsys
):
    long = "and so on " * 60 + "until Ada came."
    path = squad_file(tmp_path / "long.json", (long, answer(long, 0)))
    output = tmp_path / "output"
    arguments = command(base, path, output, "--all", "--length", "150")
    assert command_line.main(arguments) == 1
    assert "1 of 1 answers are in no window of 150 tokens" in capsys.readouterr().err
    assert not output.exists()
    several = command(base, people, output, str(path), "--all", "--length", "150")
    several.remove(str(path))
    several.insert(5, str(path))
    assert command_line.main(several) == 0
    lines = capsys.readouterr().err.splitlines()
    [line] = [line for line in lines if line.startswith("companion: 1 of 8 answers")]
    assert "long.json, question 'q0'. They count as unanswerable" in line


def test_a_hub_name_needs_its_revision():
    with pytest.raises(ValueError, match="somebody/model@REVISION"):
        carry_over.starting_point("somebody/model")


def test_files_of_the_same_name_are_kept_apart(base, people, tmp_path):
    other = tmp_path / "other" / people.name
    other.parent.mkdir()
    contexts = [f"Her name is {name}." for name in ("Mia", "Noa", "Ola")]
    squad_file(other, *[(c, answer(c[12:15], 12)) for c in contexts])
    arguments = command(base, people, tmp_path / "output", "--epochs", "1")
    arguments.insert(arguments.index(str(people)), str(other))
    assert command_line.main(arguments) == 0
    [stage] = json.loads((tmp_path / "output" / "training.json").read_text("utf-8"))
    names = ["other/people.json", f"{tmp_path.name}/people.json"]
    assert list(stage["results"]) == [d["name"] for d in stage["data"]] == names


def test_what_was_held_out_is_found_again_under_another_name(
    base, people, tmp_path, capsys
):
    output, renamed = tmp_path / "output", tmp_path / "renamed.json"
    command_line.main(command(base, people, output, "--hold-out", "paragraphs:2"))
    trained_on = people.read_text("utf-8")
    renamed.write_text(trained_on, "utf-8")
    arguments = ["evaluate", str(renamed), "--model", str(output), "--held-out"]
    capsys.readouterr()
    assert command_line.main(arguments) == 0
    assert "renamed.json  2 questions" in capsys.readouterr().out
    renamed.write_text(trained_on.replace("Who 3?", "Who, 3?"), "utf-8")
    assert command_line.main(arguments) == 1
    assert "renamed.json: its 7 questions" in capsys.readouterr().err


def test_evaluate_checks_all_that_it_needs_before_it_asks(base, tmp_path, capsys):
    good, odd = ("My name is Ada", answer("Ada", 11)), ("\u200b", answer("Ada", 3))
    path = squad_file(tmp_path / "odd.json", good, odd)
    model = ["--model", str(base)]
    assert command_line.main(["evaluate", str(path), *model]) == 1
    assert "odd.json, question 'q1': context has no token" in capsys.readouterr().err
    path = squad_file(tmp_path / "moved.json", good, ("My name is Ben", answer("B", 2)))
    assert command_line.main(["evaluate", str(path), *model]) == 0  # by the words
    assert "moved.json  2 questions" in capsys.readouterr().out
    path = squad_file(tmp_path / "lost.json", good, ("My name is Ben", answer("X", 2)))
    assert command_line.main(["evaluate", str(path), *model]) == 0
    assert "1 of 2 questions of " in capsys.readouterr().err
    for option, place in [("--json", "no/x.json"), ("--picture", "x.gif")]:
        arguments = ["evaluate", str(path), *model, option, str(tmp_path / place)]
        assert command_line.main(arguments) == 1
        assert f"companion: {option} {tmp_path / place}: " in capsys.readouterr().err
    arguments = ["evaluate", str(path), *model, "--json", str(path)]
    assert command_line.main(arguments) == 1
    assert "is one of the files to read" in capsys.readouterr().err


def test_the_command_of_an_evaluation_names_the_model(base, tmp_path, monkeypatch):
    path = squad_file(tmp_path / "one.json", ("My name is Ada", answer("Ada", 11)))
    figures = tmp_path / "figures.json"
    monkeypatch.setenv("COMPANION_MODEL", str(base))
    assert command_line.main(["evaluate", str(path), "--json", str(figures)]) == 0
    stored = json.loads(figures.read_text("utf-8"))
    assert f" --model {base.name} " in stored["command"]
    assert stored["weights_sha256"] == measured.weights_sha256(base)


def test_evaluate_says_that_no_other_paragraph_can_be_asked(base, tmp_path, capsys):
    path = squad_file(tmp_path / "one.json", ("My name is Ada", answer("Ada", 11)))
    arguments = ["evaluate", str(path), "--model", str(base), "--no-answer", "1"]
    assert command_line.main(arguments) == 1
    assert "--no-answer 1: " in capsys.readouterr().err


def test_a_folder_that_is_in_the_way_is_left_alone(base, people, tmp_path, capsys):
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "thesis.txt").write_text("mine")
    assert command_line.main(command(base, people, tmp_path / "out")) == 1
    assert "out.partial is in the way" in capsys.readouterr().err
    assert (tmp_path / "out.partial" / "thesis.txt").read_text() == "mine"


@pytest.mark.parametrize("content", ["{", "[]", '{"epoch": 3}', '[{"loss": 1}, 2]'])
def test_a_record_of_another_program_is_none(base, people, tmp_path, content):
    (base / "training.json").write_text(content)
    output = tmp_path / "output"
    assert command_line.main(command(base, people, output, "--epochs", "1")) == 0
    assert len(json.loads((output / "training.json").read_text("utf-8"))) == 1
    assert command_line.main(["evaluate", str(people), "--model", str(base)]) == 0


def test_only_what_is_trained_on_must_stay_as_it_was(base, people, tmp_path, capsys):
    arguments = command(base, people, tmp_path / "output")
    stopped(arguments)
    text = people.read_text("utf-8")
    people.write_text(text.replace("Who 5?", "Who, 5?"), "utf-8")  # trained on
    assert command_line.main(arguments) == 1
    assert "begun with training data" in capsys.readouterr().err
    people.write_text(text.replace("Who 6?", "Who, 6?"), "utf-8")  # held out
    assert command_line.main(arguments) == 0
    assert len(read_losses(tmp_path / "output" / loop.LOG)) == 6


def test_a_late_failure_leaves_the_weights_and_goes_on(
    base, people, tmp_path, capsys, monkeypatch
):
    def fail(*_):
        raise OSError("no space left")

    arguments = command(base, people, tmp_path / "output")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "ask", fail)
        assert command_line.main(arguments) == 1
    folder = tmp_path / "output.partial" / "model"
    assert f"no space left. The training is done: its weights are in {folder}" in (
        capsys.readouterr().err
    )
    stored = (folder / "model.safetensors").read_bytes()
    monkeypatch.setattr(loop, "one_step", fail)  # no step is left
    assert command_line.main(arguments) == 0
    assert (tmp_path / "output" / "model.safetensors").read_bytes() == stored


def test_a_base_with_few_positions_gets_windows_that_fit(
    tiny, people, tmp_path, capsys
):
    tokenizer, make = tiny
    few = make(max_position_embeddings=24)
    training.save(few, tokenizer, tmp_path / "few")
    arguments = command(tmp_path / "few", people, tmp_path / "output", "--epochs", "1")
    assert command_line.main(arguments) == 0
    assert "--length 320: the base reads 24 tokens at most" in capsys.readouterr().err
    [stage] = json.loads((tmp_path / "output" / "training.json").read_text("utf-8"))
    assert stage["recipe"]["length"] == 24


def test_a_length_without_room_for_a_question_is_named(base, people, tmp_path, capsys):
    arguments = command(base, people, tmp_path / "output", "--length", "6")
    assert command_line.main(arguments) == 1
    message = capsys.readouterr().err
    assert f"--length 6: {people}, question 'q0': its 3 tokens" in message


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("epochs", 0, "--epochs must be at least 1, not 0"),
        ("batch", 0, "--batch must be at least 1"),
        ("dropout", 1.0, "--dropout must be at least 0 and at most 0.9, not 1.0"),
        ("seed", -1, "--seed must be at least 0 and at most"),
        ("seed", 10**30, "--seed must be at least 0 and at most"),
        ("learning_rate", float("nan"), "--learning-rate must be above 0 and finite"),
        ("learning_rate", 0.0, "--learning-rate must be above 0 and finite"),
        ("no_answer", 1.5, "--no-answer must be at least 0 and at most 1, not 1.5"),
        ("average_with_base", float("nan"), "--average-with-base must be"),
        ("arithmetic", "float16", "--arithmetic must be fastest, float32 or bfloat16"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(option, value, message):
    with pytest.raises(ValueError, match=message):
        Recipe(**{option: value}).check()


def test_without_accelerate_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "accelerate", None)
    with pytest.raises(extras.MissingExtra, match=r'"inside-bert\[train\]"'):
        train([], ["none"], "base", Recipe(), tmp_path / "output", 1)


def test_a_vocabulary_with_a_gap_keeps_its_ids(tiny, tmp_path):
    _, make = tiny
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "who", "?", "ada"]
    vocabulary = {piece: 2 * number for number, piece in enumerate(pieces)}
    training.save(make(), BertTokenizer(vocab=vocabulary), tmp_path / "gaps")
    again = BertTokenizer.from_pretrained(tmp_path / "gaps")
    assert again("who? ada")["input_ids"] == [4, 10, 12, 14, 6]


def test_kill_9_in_the_middle_and_the_same_command_again(base, people, tmp_path):
    killed, printed = tmp_path / "killed", tmp_path / "printed"
    process = started(command(base, people, killed, "--epochs", "100"), printed)
    state = tmp_path / "killed.partial" / loop.STATE
    while not state.exists() and process.is_alive():
        time.sleep(0.02)
    time.sleep(0.1)
    process.kill()
    process.join()
    assert state.exists(), printed.read_text("utf-8")
    assert not killed.exists()
    for folder in (f"{loop.STATE}.new", "model"):  # safetensors' own names
        (state.parent / folder).mkdir(exist_ok=True)
        (state.parent / folder / ".tmpAbC").write_bytes(b"half of a file")
    for output in (killed, tmp_path / "whole"):
        more = command(base, people, output, "--epochs", "100", "--save-every", "500")
        with one_thread():
            assert command_line.main(more) == 0
    names, others = (sorted(p.name for p in f.iterdir()) for f in (killed, output))
    assert names == others
    weights = [tmp_path / n / "model.safetensors" for n in ("killed", "whole")]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def test_two_processes_have_the_losses_of_one_with_the_doubled_batch(
    base, people, tmp_path
):
    config = json.loads((base / "config.json").read_text("utf-8"))
    config["hidden_dropout_prob"] = config["attention_probs_dropout_prob"] = 0.0
    (base / "config.json").write_text(json.dumps(config), "utf-8")
    one, two = tmp_path / "one", tmp_path / "two"
    alone = command(base, people, one, "--learning-rate", "0.01", "--all")
    alone[alone.index("--batch") + 1] = "4"
    assert command_line.main(alone) == 0
    shared = command(base, people, two, "--learning-rate", "0.01", "--all")
    run_in_two(shared, tmp_path)
    losses = [read_losses(folder / loop.LOG) for folder in (one, two)]
    assert len(losses[0]) == 4  # 7 windows in batches of 4, twice: uneven at the end
    assert losses[1] == pytest.approx(losses[0], abs=2e-4)
    assert losses[0][-1] < losses[0][0]
