"""Windows with labels: what a model is trained on."""

import tracemalloc
from dataclasses import replace

import pytest
import torch
from squad_files import EXAMPLES, PEOPLE, answer, example, squad_file

from companion.fine_tuning import features, squad
from companion.fine_tuning.short_contexts import short_contexts
from companion.fine_tuning.squad import Example
from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.arguments import LONGEST_QUESTION, Lengths
from companion.qa_pipeline.windows import model_inputs


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


def test_what_has_no_answer_is_asked_about_no_other_paragraph():
    """Whether that answers it is not known."""
    examples = [example(f"{p} is here.", p, "one page") for p in PEOPLE]
    without = [replace(e, answers=()) for e in examples]
    more = features.add_unanswerable(without, share=1.0, seed=0)
    assert set(more) == set(without)
    astray = replace(example("I am Foo", "Foo"), answers=(("Bar", 0),))
    assert features.add_unanswerable([astray], share=1.0, seed=0) == [astray]


def test_padding_does_not_change_a_real_tokens_logits(tiny):
    tokenizer, make = tiny
    model = make().double().eval()
    short, long = features.features_of(
        [EXAMPLES[0], example("Fay is " + "very " * 40 + "tall.", "Fay")], tokenizer
    )
    with torch.inference_mode():
        alone = model(**features.collate([short])).start_logits[0]
        padded = model(**features.collate([short, long])).start_logits[0]
    assert len(padded) > len(alone)
    torch.testing.assert_close(padded[: len(alone)], alone)


def asked(question, context, text=None):
    answers = ((text, context.index(text)),) if text else ()
    return Example(question, context, answers, "a page", "q7", "file.json")


@pytest.mark.parametrize("length", [72, 128, 132, 150, 320, 384])
@pytest.mark.parametrize("words", [1, 30, 200])
def test_windows_are_those_of_the_question_answerer(embedded, length, words):
    tokenizer, model = embedded
    question, context = "why " * words, "It rained in the town. " * 300
    windows = features.features_of([asked(question, context)], tokenizer, length)
    answerer = QuestionAnswerer(tokenizer, model)
    [task] = answerer.tasks([question], [context], max_seq_len=length)
    assert [(w.first, w.stop) for w in windows] == [
        (w.first, w.end) for w in task.windows
    ]
    ids = [(task.question, task.tokens.ids[w.first : w.end]) for w in task.windows]
    ours, theirs = features.collate(windows), model_inputs(tokenizer, ids)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_windows_are_those_that_the_library_cuts(embedded):
    tokenizer, _ = embedded
    examples = short_contexts(100)[:100]
    long = " ".join(e.context for e in examples)
    examples.append(asked("Where is the boat?", long, "boat"))
    windows = features.features_of(examples, tokenizer)
    theirs = tokenizer(
        [e.question for e in examples],
        [e.context for e in examples],
        truncation="only_second",
        max_length=320,
        stride=128,
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
    )
    assert [w.input_ids for w in windows] == theirs["input_ids"]
    assert [w.token_type_ids for w in windows] == theirs["token_type_ids"]
    assert [w.example for w in windows] == theirs["overflow_to_sample_mapping"]
    for i, window in enumerate(windows):
        for text, first in examples[window.example].answers[:1]:
            ends = [theirs.char_to_token(i, first + n, 1) for n in (0, len(text) - 1)]
            assert [window.start, window.end] == ([0, 0] if None in ends else ends)


@pytest.mark.parametrize(
    ("question", "context", "message"),
    [
        ("why " * 70, "My name is Ada.", "64 tokens .* windows of 67 tokens"),
        ("\u200b", "My name is Ada.", "question has no token"),
        ("Who?", "\u200b", "context has no token"),
    ],
)
def test_what_no_window_can_hold_is_named(embedded, question, context, message):
    examples = [asked(question, context)]
    wanted = rf"file\.json, question 'q7': .*{message}"
    with pytest.raises(ValueError, match=wanted):
        features.features_of(examples, embedded[0], length=67)
    sizes = Lengths(67, None, LONGEST_QUESTION)
    with pytest.raises(ValueError, match=wanted):
        features.check_readable(examples, embedded[0], sizes)


@pytest.mark.parametrize("text", [" Oslo", "Oslo ", "slo", "Oslo \u200b"])
def test_the_label_is_the_answers_words(embedded, text):
    example = asked("Where?", "I live in Oslo \u200b here.", text)
    [window] = features.features_of([example], embedded[0])
    assert window.offsets[window.start] == window.offsets[window.end] == (10, 14)


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ("It rained.\r\n\r\nI live\r\nin Oslo.\r\n", "Oslo"),
        ("I live\r\nin Oslo.", "live\r\nin Oslo"),
        ("Rene\u0301e and Zoe\u0308 live in Malmo\u0308.", "Malmo\u0308"),
        ("\U0001f642\U0001f468\u200d\U0001f469 in \U0001f1f3\U0001f1f4 Oslo!", "Oslo"),
    ],
)
def test_the_label_is_in_place_whatever_stands_before_it(
    embedded, tmp_path, context, text
):
    places = answer(text, context.index(text))
    examples = squad.read_squad(squad_file(tmp_path / "a.json", (context, places)))
    assert squad.placed(examples) == examples
    [window] = features.features_of(examples, embedded[0])
    first, end = window.offsets[window.start][0], window.offsets[window.end][1]
    assert context[first:end] == text


def test_an_answer_that_is_elsewhere_is_no_label(embedded):
    example = Example("Where?", "I live in Oslo.", (("Oslo", 3),), "a page")
    windows = features.features_of([example], embedded[0])
    assert [(w.start, w.end) for w in windows] == [(0, 0)]
    assert features.unmapped([example], windows) == [example]


def test_memory_is_that_of_the_contexts_whatever_is_asked_about_them(embedded):
    contract = "The Supplier shall deliver the goods within 30 days. " * 800
    examples = [asked(f"Which clause is number {i}?", contract) for i in range(40)]
    tracemalloc.start()
    windows = features.features_of(examples, embedded[0])
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(windows) > 1500
    assert kept / len(windows) < 400  # bytes; a copy of each window's ids has 2,560
