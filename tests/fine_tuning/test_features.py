"""Windows with labels: what a model is trained on."""

import torch
from squad_files import EXAMPLES, PEOPLE, example

from companion.fine_tuning import features


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
