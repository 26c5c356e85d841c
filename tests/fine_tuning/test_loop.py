"""Training on tiny data: interrupted, repeated, spread over processes, badly fed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from safetensors.torch import load_file
from squad_files import answer, squad_file
from transformers import BertConfig, BertForQuestionAnswering

import companion
from companion import __main__ as command_line
from companion import fine_tuning
from companion.fine_tuning import Recipe, carry_over, features, loop, state
from companion.fine_tuning.held_out import hold_out
from companion.fine_tuning.log import read_losses
from companion.fine_tuning.squad import Example


def example(context, answer, page="a page"):
    answers = ((answer, context.index(answer)),) if answer else ()
    return Example(f"What is at {page}?", context, answers, page)


PEOPLE = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fritz", "Gita"]
EXAMPLES = [example(f"My name is {p} and I sing.", p, f"page {p}") for p in PEOPLE]


@pytest.fixture
def tiny(embedded):
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=28_996,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    return embedded[0], BertForQuestionAnswering(config)


@pytest.fixture
def base(tiny, tmp_path):
    """A folder to start from."""
    tokenizer, model = tiny
    fine_tuning.save(model, tokenizer, tmp_path / "base")
    return tmp_path / "base"


@pytest.fixture
def people(tmp_path):
    contexts = [f"My name is {p} and {'I sing ' * i}." for i, p in enumerate(PEOPLE)]
    return squad_file(
        tmp_path / "people.json", *[(c, answer(c.split()[3], 11)) for c in contexts]
    )


def test_whole_pages_or_paragraphs_are_held_out():
    examples = [example(f"Text {i // 2} .", "Text", f"{i // 4:02}") for i in range(80)]
    training, out = hold_out(examples, "squadshifts_new_wiki.json.gz")
    assert {e.page for e in out} == {f"{i:02}" for i in range(12, 20)}
    assert not {e.page for e in out} & {e.page for e in training}
    training, out = hold_out(examples, "squadshifts_reddit.json.gz")
    assert {e.context for e in out} == {f"Text {i} ." for i in range(36, 40)}
    assert len(training) + len(out) == 80
    training, out = hold_out(examples, "qamr.json.gz")
    assert {e.page for e in out} == {"18", "19"}


def test_the_label_is_the_answers_tokens(embedded):
    tokenizer, _ = embedded
    [window] = features.features_of([example("My name is Foo", "Foo")], tokenizer)
    assert tokenizer.convert_ids_to_tokens(
        window.input_ids[window.start : window.end + 1]
    ) == ["F", "##oo"]
    assert window.offsets[window.start] == (11, 12)


def test_a_window_without_the_answer_is_labelled_cls(embedded):
    tokenizer, _ = embedded
    long = example("Foo " + "is a name " * 100, "Foo")
    first, *others = features.features_of([long], tokenizer, length=160)
    assert first.start > 0
    assert others
    assert {(w.start, w.end) for w in others} == {(0, 0)}
    assert features.unmapped([long], others) == [long]
    assert features.unmapped([long], [first]) == []


def test_questions_come_again_with_a_paragraph_that_lacks_the_answer():
    examples = [example(f"{p} is here.", p, "one page") for p in PEOPLE]
    more = features.add_unanswerable(examples, share=1.0, seed=0)
    extra = more[len(examples) :]
    assert extra
    for e in extra:
        assert e.answers == ()
        original = next(x for x in examples if x.question == e.question)
        assert e.context in {x.context for x in examples}
        assert original.page == e.page


def test_padding_does_not_change_a_real_tokens_logits(tiny):
    tokenizer, model = tiny
    model.double().eval()
    short, long = features.features_of(
        [EXAMPLES[0], example("Fay is " + "very " * 40 + "tall.", "Fay")], tokenizer
    )
    with torch.inference_mode():
        alone = model(**features.collate([short])).start_logits[0]
        padded = model(**features.collate([short, long])).start_logits[0]
    assert len(padded) > len(alone)
    torch.testing.assert_close(padded[: len(alone)], alone)


def test_the_learning_rate_rises_and_falls():
    rates = [fine_tuning.schedule(step, 100) for step in range(100)]
    assert rates[5] == max(rates) == 1
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert 0 < rates[-1] < 0.02


class Killed(BaseException):
    """As sudden as a kill, but the test goes on."""


def train(tiny, folder, monkeypatch=None, die_at=None, save_every=2, **recipe):
    """Final weights; `die_at` is a (module, function, number of the call)."""
    tokenizer, model = tiny
    model.load_state_dict(START)
    if die_at:
        module, name, number = die_at
        calls, real = [], getattr(module, name)

        def call(*arguments, **named):
            calls.append(name)
            if len(calls) == number:
                raise Killed
            return real(*arguments, **named)

        monkeypatch.setattr(module, name, call)
    folder.mkdir(exist_ok=True)
    recipe = {"batch": 2, "epochs": 2, "learning_rate": 0.03, **recipe}
    windows = features.features_of(EXAMPLES, tokenizer)
    fine_tuning.fine_tune(
        model, windows, folder, Recipe(**recipe), Accelerator(), save_every
    )
    return {k: v.clone() for k, v in model.state_dict().items()}


@pytest.fixture(autouse=True)
def _fresh(request):
    """The same weights to start from, and nothing known of another test's processes."""
    global START
    AcceleratorState._reset_state(reset_partial_state=True)
    if "tiny" in request.fixturenames:
        _, model = request.getfixturevalue("tiny")
        START = {k: v.clone() for k, v in model.state_dict().items()}


def equal(ours, theirs):
    return ours.keys() == theirs.keys() and all(
        torch.equal(ours[k], theirs[k]) for k in ours
    )


def test_training_lowers_the_loss_and_repeats_itself(tiny, tmp_path):
    once = train(tiny, tmp_path / "once", epochs=8)
    again = train(tiny, tmp_path / "again", epochs=8)
    assert equal(once, again)
    losses = read_losses(tmp_path / "once" / loop.LOG)
    assert len(losses) == 8 * 4
    assert sum(losses[-4:]) < 0.8 * sum(losses[:4])
    assert not equal(once, train(tiny, tmp_path / "other", epochs=8, seed=1))


@pytest.mark.parametrize(
    "die_at",
    [
        (loop, "_step", 1),
        (loop, "_step", 4),
        (loop, "_step", 8),
        (state, "save_file", 1),
        (state, "save_file", 3),
        (os, "fsync", 2),  # the new state is written, not yet at its place
        (os, "replace", 1),
    ],
    ids=lambda d: f"{d[1]}-{d[2]}",
)
def test_after_a_kill_the_weights_are_those_of_an_uninterrupted_run(
    tiny, tmp_path, die_at
):
    whole = train(tiny, tmp_path / "whole", seed=3)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        train(tiny, tmp_path / "killed", patch, die_at, seed=3)
    assert equal(train(tiny, tmp_path / "killed", seed=3), whole)
    logs = [tmp_path / name / loop.LOG for name in ("whole", "killed")]
    assert logs[0].read_bytes() == logs[1].read_bytes()


def test_a_state_of_another_recipe_is_not_taken_up(tiny, tmp_path):
    train(tiny, tmp_path / "run")
    with pytest.raises(ValueError, match=r"begun with learning_rate 0\.03, not 0\.04"):
        train(tiny, tmp_path / "run", learning_rate=0.04)


def test_the_state_is_a_safetensors_file_with_all_that_matters(tiny, tmp_path):
    train(tiny, tmp_path / "run")
    state = load_file(tmp_path / "run" / loop.STATE)
    kinds = {name.partition(".")[0] for name in state}
    assert kinds == {"weights", "exp_avg", "exp_avg_sq", "random"}


def test_the_average_lies_between_start_and_end(tiny, tmp_path):
    end = train(tiny, tmp_path / "end")
    mixed = train(tiny, tmp_path / "mixed", average_with_base=0.25)
    for name, weights in mixed.items():
        expected = 0.75 * end[name] + 0.25 * START[name]
        torch.testing.assert_close(weights, expected)


def command(base, data, output, *more):
    return [
        *("fine-tune", "--base", str(base), "--data", str(data)),
        *(
            "--output",
            str(output),
            "--batch",
            "2",
            "--save-every",
            "2",
            "--arithmetic",
            "float32",
            *more,
        ),
    ]


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
    assert "--data people.json:2 --base STAGE_1" in card
    assert [s["recipe"]["epochs"] for s in json.loads(
        (second / "training.json").read_text("utf-8"))] == [1, 2]  # fmt: skip


def test_bad_data_leave_nothing_behind(base, tmp_path, capsys):
    (tmp_path / "bad.json").write_text("{")
    output = tmp_path / "output"
    assert command_line.main(command(base, tmp_path / "bad.json", output)) == 1
    assert "bad.json: no JSON file" in capsys.readouterr().err
    assert {p.name for p in tmp_path.iterdir()} == {"base", "bad.json"}


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
    with pytest.warns(UserWarning, match=r"1 of 8 answers .* 'q0'"):
        assert command_line.main(several) == 0


def test_a_hub_name_needs_its_revision():
    with pytest.raises(ValueError, match="somebody/model@REVISION"):
        carry_over.starting_point("somebody/model")


def run(arguments, **environment):
    return subprocess.Popen(
        arguments,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_kill_9_in_the_middle_and_the_same_command_again(base, people, tmp_path):
    arguments = [sys.executable, "-m", "companion"]
    killed = tmp_path / "killed"
    process = run([*arguments, *command(base, people, killed, "--epochs", "100")])
    state = tmp_path / "killed.partial" / loop.STATE
    while not state.exists() and process.poll() is None:
        time.sleep(0.02)
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert state.exists(), said
    assert not killed.exists()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # as in the process that was killed: sums round alike
    for output in (killed, tmp_path / "whole"):
        more = command(base, people, output, "--epochs", "100", "--save-every", "500")
        assert command_line.main(more) == 0
    torch.set_num_threads(threads)
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
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    shared = command(base, people, two, "--learning-rate", "0.01", "--all")
    both = run([*torchrun, "-m", "companion", *shared], CUDA_VISIBLE_DEVICES="")
    said, _ = both.communicate(timeout=120)
    assert both.returncode == 0, said
    losses = [read_losses(folder / loop.LOG) for folder in (one, two)]
    assert len(losses[0]) == 4  # 7 windows in batches of 4, twice: uneven at the end
    assert losses[1] == pytest.approx(losses[0], abs=2e-4)
    assert losses[0][-1] < losses[0][0]
