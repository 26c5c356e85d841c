"""The old call, in all its forms, once the module is imported."""

from collections.abc import Iterator

import pytest
import transformers

import companion
from companion.running import CONTEXT, QUESTION
from companion.transformers_pipeline import DEFAULT, TASK
from oracle import small

PAIR = {"question": QUESTION, "context": CONTEXT}
OTHER = {"question": "Where?", "context": "I live in Berlin."}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("roberta")
    small.save("roberta", folder)
    return str(folder)


@pytest.fixture(scope="module")
def asked(folder):
    return transformers.pipeline(TASK, model=folder, device=-1)


@pytest.fixture(scope="module")
def wanted(folder):
    answerer = companion.question_answerer(folder)
    return [answerer(PAIR), answerer(OTHER)]


class SquadExample:
    """What the old library's class of this name had."""

    def __init__(self, pair):
        self.question_text, self.context_text = pair["question"], pair["context"]


def test_the_task_and_its_default_model_are_known():
    _, task, _ = transformers.pipelines.check_task(TASK)
    assert task["default"]["model"] == DEFAULT


@pytest.mark.parametrize(
    "call",
    [
        lambda answerer: answerer(**PAIR),
        lambda answerer: answerer(QUESTION, CONTEXT),
        lambda answerer: answerer(QUESTION, context=CONTEXT),
        lambda answerer: answerer(PAIR),
        lambda answerer: answerer(data=PAIR),
        lambda answerer: answerer(X=SquadExample(PAIR)),
        lambda answerer: answerer(SquadExample(PAIR)),
        lambda answerer: answerer(**PAIR, topk=1, padding="longest", num_workers=2),
    ],
)
def test_one_question(asked, wanted, call):
    assert call(asked) == wanted[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda answerer: answerer([PAIR, OTHER]),
        lambda answerer: answerer(PAIR, OTHER),
        lambda answerer: answerer(data=[PAIR, SquadExample(OTHER)]),
        lambda answerer: answerer(SquadExample(PAIR), SquadExample(OTHER)),
        lambda answerer: answerer(
            question=[PAIR["question"], OTHER["question"]],
            context=[PAIR["context"], OTHER["context"]],
        ),
        lambda answerer: answerer(pair for pair in (PAIR, OTHER)),
        lambda answerer: answerer(iter([PAIR, OTHER])),
    ],
)
def test_several_questions(asked, wanted, call):
    for mine, theirs in zip(call(asked), wanted, strict=True):
        assert mine["score"] == pytest.approx(theirs["score"], abs=1e-6)
        assert mine | {"score": 0} == theirs | {"score": 0}


def test_an_iterator_gives_an_iterator(asked):
    assert isinstance(asked(iter([PAIR])), Iterator)


def test_options_of_the_pipeline_hold_until_a_call_has_its_own(folder):
    tokenizer, model = small.small_model("roberta")
    made = transformers.pipeline(TASK, model=model, tokenizer=tokenizer, topk=3)
    assert len(made(**PAIR)) == 3
    assert len(made(**PAIR, top_k=2)) == 2
    assert made(**PAIR, top_k=1, handle_impossible_answer=None)["answer"]


def test_an_option_that_there_is_not_is_named(asked):
    with pytest.raises(TypeError, match="no option 'max_answer_length'; wanted one of"):
        asked(**PAIR, max_answer_length=3)


def test_what_is_saved_needs_no_code(asked, tmp_path, wanted):
    asked.save_pretrained(tmp_path)
    assert not list(tmp_path.glob("*.py"))
    again = transformers.pipeline(TASK, model=str(tmp_path), device=-1)
    assert again(**PAIR) == wanted[0]


@pytest.mark.parametrize("name", small.FAMILIES)
def test_what_the_old_pipelines_own_tests_asked_of_every_family(name):
    """Forms, twenty answers, long contexts, batches; an empty text is an error."""
    tokenizer, model = small.small_model(name)
    ask = transformers.pipeline(TASK, model=model, tokenizer=tokenizer, device=-1)
    question, context = "Where was the mill founded ?", "The mill was founded in Ghent."
    keys = {"score", "start", "end", "answer"}
    assert set(ask(question=question, context=context)) == keys
    none = ask(question=question, context=context, handle_impossible_answer=True)
    assert set(none) == keys
    assert len(ask(question=[question] * 2, context=context)) == 2
    assert len(ask(question=[question] * 2, context=[context, "In Rome."])) == 2
    assert len(ask(question=question, context=context, top_k=20)) == 20
    long = context * 20
    alone, paired = (ask(question=question, context=long, batch_size=b) for b in (1, 2))
    assert alone["score"] == pytest.approx(paired["score"], rel=1e-3)
    assert long[alone["start"] : alone["end"]] == alone["answer"] == paired["answer"]
    for text in ({"question": ""}, {"context": ""}):
        with pytest.raises(ValueError, match="must hold some text"):
            ask(**{"question": question, "context": context, **text})


def test_where_the_tokenizer_has_no_words_a_sentence_is_not_one():
    """The old one's own test had this as a wrong answer: a tokenizer without a rule."""
    tokenizer, model = small.small_model("deberta-v2")
    tokenizer.backend_tokenizer.pre_tokenizer = None
    ask = transformers.pipeline(TASK, model=model, tokenizer=tokenizer, device=-1)
    context = "她住在北京他住在"
    assert 0 < len(ask(question="Who?", context=context)["answer"]) <= len(context)
    every = ask(question="Who?", context=context, top_k=100)
    assert min(len(answer["answer"]) for answer in every) == 1
