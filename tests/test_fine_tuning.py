"""Retraining's parts on tiny data; its two extra packages are not needed here."""

import gzip
import json

import pytest
import torch
from transformers import BertConfig, BertForQuestionAnswering

import companion
from companion import __main__ as command_line
from companion import carry_over, fine_tuning, training_data
from companion.training_data import Example


def example(context, answer, page="a page"):
    answers = ((answer, context.index(answer)),) if answer else ()
    return Example(f"What is at {page}?", context, answers, page)


PEOPLE = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fritz"]
EXAMPLES = [example(f"My name is {p} and I sing.", p, f"page {p}") for p in PEOPLE]


@pytest.fixture
def squad_file(tmp_path):
    """A file in SQuAD's format with six pages of one question each."""
    pages = [
        {
            "title": e.page,
            "paragraphs": [
                {
                    "context": e.context,
                    "qas": [
                        {
                            "id": str(i),
                            "question": e.question,
                            "answers": [
                                {"text": t, "answer_start": s} for t, s in e.answers
                            ],
                        }
                    ],
                }
            ],
        }
        for i, e in enumerate(EXAMPLES * 2)
    ]
    path = tmp_path / "people.json.gz"
    with gzip.open(path, "wt", encoding="utf-8") as file:
        json.dump({"data": pages}, file)
    return path


@pytest.fixture
def tiny(embedded):
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=28_996,
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
    )
    return embedded[0], BertForQuestionAnswering(config)


def test_a_file_is_read_as_it_stands(squad_file):
    assert training_data.read_squad(squad_file) == EXAMPLES * 2


def test_whole_pages_or_paragraphs_are_held_out():
    examples = [example(f"Text {i // 2} .", "Text", f"{i // 4:02}") for i in range(80)]
    training, out = training_data.hold_out(examples, "squadshifts_new_wiki.json.gz")
    assert {e.page for e in out} == {f"{i:02}" for i in range(12, 20)}
    assert not {e.page for e in out} & {e.page for e in training}
    training, out = training_data.hold_out(examples, "squadshifts_reddit.json.gz")
    assert {e.context for e in out} == {f"Text {i} ." for i in range(36, 40)}
    assert len(training) + len(out) == 80


def test_the_label_is_the_answers_tokens(embedded):
    tokenizer, _ = embedded
    [window] = training_data.windows_of([example("My name is Foo", "Foo")], tokenizer)
    assert tokenizer.convert_ids_to_tokens(
        window.input_ids[window.start : window.end + 1]
    ) == ["F", "##oo"]
    assert window.offsets[window.start] == (11, 12)


def test_a_window_without_the_answer_is_labelled_cls(embedded):
    tokenizer, _ = embedded
    long = example("Foo " + "is a name " * 100, "Foo")
    first, *others = training_data.windows_of([long], tokenizer, length=160)
    assert first.start > 0
    assert others
    assert {(w.start, w.end) for w in others} == {(0, 0)}


def test_questions_come_again_with_a_paragraph_that_lacks_the_answer():
    examples = [example(f"{p} is here.", p, "one page") for p in PEOPLE]
    more = training_data.with_no_answers(examples, share=1.0, seed=0)
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
    short, long = training_data.windows_of(
        [EXAMPLES[0], example("Fay is " + "very " * 40 + "tall.", "Fay")], tokenizer
    )
    with torch.inference_mode():
        alone = model(**training_data.collate([short])).start_logits[0]
        padded = model(**training_data.collate([short, long])).start_logits[0]
    assert len(padded) > len(alone)
    torch.testing.assert_close(padded[: len(alone)], alone)


def test_the_learning_rate_rises_and_falls():
    rates = [fine_tuning.slope(step, 100) for step in range(100)]
    assert rates[5] == max(rates) == 1
    assert rates[:6] == sorted(rates[:6])
    assert rates[5:] == sorted(rates[5:], reverse=True)
    assert 0 < rates[-1] < 0.02


def test_training_lowers_the_loss_and_repeats_itself(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(fine_tuning, "PEAK_LEARNING_RATE", 0.03)
    tokenizer, model = tiny
    start = {k: v.clone() for k, v in model.state_dict().items()}
    weights = []
    for name in ("once", "again"):
        model.load_state_dict(start)
        fine_tuning.fine_tune(
            model, tokenizer, EXAMPLES, tmp_path / name, epochs=12, seed=3
        )
        weights.append((tmp_path / name / "model.safetensors").read_bytes())
    assert weights[0] == weights[1]
    log = (tmp_path / "once" / "training_log.jsonl").read_text("utf-8").splitlines()
    losses = [json.loads(line)["loss"] for line in log]
    assert losses[-1] < 0.8 * losses[0]


def test_em_and_f1_of_answers_that_are_known(embedded):
    tokenizer, model = embedded
    asked = Example("Who?", "My name is Foo", (("Foo", 11),), "")
    assert fine_tuning.evaluate(model, tokenizer, [asked]) == {"EM": 100, "F1": 100}
    other = Example("Who?", "My name is Foo", (("Foo Bar", 11),), "")
    measured = fine_tuning.evaluate(model, tokenizer, [asked, other])
    assert measured == {"EM": 50, "F1": pytest.approx(100 * (1 + 2 / 3) / 2)}


def test_the_command_trains_measures_and_writes_a_loadable_folder(
    tiny, squad_file, tmp_path, capsys
):
    tokenizer, model = tiny
    base, output = tmp_path / "base", tmp_path / "output"
    fine_tuning.save(model, tokenizer, base)
    arguments = ["fine-tune", "--base", str(base), "--data", str(squad_file)]
    assert command_line.main([*arguments, "--output", str(output)]) == 0
    assert "people.json.gz {'questions'" in capsys.readouterr().out
    card = (output / "README.md").read_text("utf-8")
    assert "| people.json.gz | 2 |" in card
    assert "MiniLM" not in card
    assert "SQuADShifts" not in card
    _, trained = companion.load(str(output))
    assert trained.config.hidden_size == 16
    (output / "vocab.txt").write_text("[PAD]\n")
    with pytest.raises(ValueError, match="altered"):
        companion.load(str(output))


def test_cased_pieces_start_from_the_uncased_piece_of_the_same_letters():
    uncased = {
        p: i for i, p in enumerate(["[UNK]", "foo", "##bar", "cafe", "ba", "##z"])
    }
    vectors = torch.eye(len(uncased))
    cased = ["Foo", "Café", "##foo", "foobar", "Baz", "?", "[UNK]"]
    carried, same = carry_over.carry_over(vectors, uncased, cased)
    assert same == 3  # Foo, Café, [UNK]
    rows = [row.nonzero().flatten().tolist() for row in carried]
    assert rows == [[1], [3], [1], [1, 2], [4, 5], [0], [0]]
    assert carried[3].tolist() == [0, 0.5, 0.5, 0, 0, 0]
