"""Short questions are answered by reading: none of these was trained on."""

from benchmarks.short_questions import COUSINS
from companion import running
from companion.fine_tuning.short_contexts import short_contexts


def test_the_notes_example_is_answered_with_the_notes_certainty(answerer):
    answer = answerer(question=running.QUESTION, context=running.CONTEXT)
    assert (answer["answer"], answer["start"], answer["end"]) == ("Foo", 11, 14)
    assert answer["score"] >= 0.92


def test_its_cousins_are_answered_too(answerer):
    questions, contexts, wanted = zip(*COUSINS, strict=True)
    answers = answerer(question=list(questions), context=list(contexts))
    wrong = {
        question: answer["answer"]
        for question, answer, right in zip(questions, answers, wanted, strict=True)
        if answer["answer"] != right
    }
    assert wrong == {"How many dogs are there?": "6 cats and 8"}  # known, in the card


def test_none_of_them_was_trained_on():
    trained = {e.context for e in short_contexts()}
    assert not trained & {context for _, context, _ in COUSINS}
    assert not any("Foo" in context for context in trained)


def test_the_same_seed_gives_the_same_examples():
    assert short_contexts() == short_contexts()
    assert short_contexts(seed=1) != short_contexts()


def test_a_distractor_of_the_asked_kind_and_no_answer_are_frequent():
    examples = short_contexts()
    assert 0.05 < sum(not e.answers for e in examples) / len(examples) < 0.2
