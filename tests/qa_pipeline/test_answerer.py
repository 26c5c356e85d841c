from collections.abc import Iterator

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion.devices import multiplies_bfloat16
from companion.qa_pipeline import answerer as answerer_module
from companion.qa_pipeline import batches
from companion.qa_pipeline.arguments import lengths
from companion.running import CONTEXT, PARAGRAPH, QUESTION


def test_the_notes_question(answerer):
    device = torch.device("cpu")  # the notes' own call has it
    result = answerer(question=QUESTION, context=CONTEXT, device=device)
    assert list(result) == ["score", "start", "end", "answer"]
    assert (result["answer"], result["start"], result["end"]) == ("Foo", 11, 14)
    assert 0.9 < result["score"] < 1


VILLAGE = (
    "Anna Weber was born in Lisbon in 1961. Her brother Paul stayed in Oslo, where he "
    "repaired clocks. In 1998 she opened a small bakery near the harbour of Ghent."
)
FILLING = "The weather was mild, and nothing was heard from the north. " * 40


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where was Anna Weber born?", "Lisbon"),
        pytest.param("What did Paul repair?", "clocks", marks=pytest.mark.slow),
        pytest.param("When did she open the bakery?", "1998", marks=pytest.mark.slow),
    ],
)
def test_it_reads_the_context_short_or_long(answerer, question, answer):
    result = answerer(question=question, context=VILLAGE)
    assert result["answer"] == answer
    long = FILLING + VILLAGE + FILLING
    far = answerer(question=question, context=long)
    assert far["answer"] == answer
    assert far["start"] == len(FILLING) + result["start"]
    assert long[far["start"] : far["end"]] == answer


@pytest.mark.parametrize(
    "context", ["Foo", "Llanfairpwllgwyngyll", "1,234.50€", "北京"]
)
@pytest.mark.parametrize("top_k", [5, 10**6])
def test_a_context_of_one_word_has_no_answers_but_its_spans(answerer, context, top_k):
    for align in (True, False):
        answers = answerer("Who?", context, top_k=top_k, align_to_words=align)
        places = {(a["start"], a["end"]) for a in answers}
        assert 1 <= len(answers) == len(places) <= top_k
        for a in answers:
            assert 0 <= a["start"] < a["end"] <= len(context)
            assert context[a["start"] : a["end"]] == a["answer"]


ELSEWHERE = {  # each with its question; one has no spaces, one runs from the right
    "東京は日本の首都です。人口は約一千四百万人です。": "日本の首都はどこですか?",
    "กรุงเทพมหานครเป็นเมืองหลวง ของประเทศไทย": "เมืองหลวงคือที่ไหน",
    "وُلدت ليلى في بغداد، ثم انتقلت إلى القاهرة.": "أين ولدت ليلى؟",
    "서울은 대한민국의 수도이다. 한강이 흐른다.": "대한민국의 수도는 어디인가?",
}


@pytest.mark.parametrize(
    "context", ELSEWHERE, ids=["Japanese", "Thai", "Arabic", "Korean"]
)
def test_places_are_true_in_any_script(answerer, context):
    for a in answerer(ELSEWHERE[context], context, top_k=20):
        assert a["answer"]
        assert context[a["start"] : a["end"]] == a["answer"]


def test_a_text_without_spaces_is_not_one_word(answerer):
    context, question = next(iter(ELSEWHERE.items()))
    assert 0 < len(answerer(question, context)["answer"]) < len(context)


def test_each_answer_comes_once_however_many_windows_hold_it(answerer):
    answers = answerer(
        "Where was Anna Weber born?",
        FILLING + VILLAGE,
        top_k=50,
        max_seq_len=100,
        doc_stride=60,
    )
    assert len({(a["start"], a["end"]) for a in answers}) == len(answers) == 50
    assert sum(a["score"] for a in answers) <= 1


@pytest.mark.slow
def test_lists_give_lists_in_the_order_asked(answerer):
    questions = ["Who stayed in Oslo?", "Who?", "Where was Anna Weber born?"] * 2
    contexts = [VILLAGE, CONTEXT, FILLING + VILLAGE] * 2
    together = answerer(questions, contexts)
    alone = [answerer(q, c) for q, c in zip(questions, contexts, strict=True)]
    for one, other in zip(together, alone, strict=True):
        assert one | {"score": 0} == other | {"score": 0}
        assert one["score"] == pytest.approx(other["score"], abs=1e-5)


def test_one_string_goes_with_each_item(answerer):
    assert len(answerer(["Who?", "Where?"], CONTEXT)) == 2
    assert len(answerer("Who?", [CONTEXT, VILLAGE, VILLAGE])) == 3
    assert answerer([], []) == answerer([], CONTEXT) == []


def test_what_comes_back_is_as_the_arguments_say(answerer):
    assert isinstance(answerer("Who?", CONTEXT), dict)
    assert isinstance(answerer(["Who?"], CONTEXT), list)
    assert isinstance(answerer("Who?", "Foo", top_k=2), list)
    [found] = answerer(["Who?"], CONTEXT, top_k=2)
    assert [set(answer) for answer in found] == [
        {"score", "start", "end", "answer"}
    ] * 2


def test_an_iterator_in_an_iterator_out(answerer, monkeypatch):
    monkeypatch.setattr(batches, "LOOK_AHEAD", 4)
    asked = []

    def endless():
        while True:
            asked.append("Who?")
            yield "Who?"

    answers = answerer(endless(), CONTEXT)
    assert [next(answers)["answer"] for _ in range(6)] == ["Foo"] * 6
    assert len(asked) <= 8


class Data:
    """As `torch.utils.data.Dataset`: a length and places, and no error at the end."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i % len(self.items)]


PAIRS = [
    {"question": "Who?", "context": CONTEXT},
    {"context": "Bo", "question": "Who?"},
]


def test_the_old_pipelines_other_forms(answerer):
    assert answerer(PAIRS[0]) == answerer("Who?", CONTEXT)
    assert answerer(question=PAIRS[0]) == answerer("Who?", CONTEXT)
    wanted = answerer(["Who?", "Who?"], [CONTEXT, "Bo"])
    assert answerer(PAIRS) == answerer(tuple(PAIRS)) == wanted
    for lazy in (iter(PAIRS), Data(PAIRS), numpy.array(PAIRS)):
        answers = answerer(lazy)
        assert isinstance(answers, Iterator)
        assert list(answers) == wanted
    assert len(answerer(PAIRS[0], top_k=2)) == 2
    assert list(answerer(Data(["Who?", "Who?"]), CONTEXT)) == [wanted[0]] * 2


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"question": "Who?"}, r"question must be a mapping .* not \['question'\]"),
        ([PAIRS[0], "Who?"], r"question\[1\] must be a mapping .* not str"),
        ([PAIRS[0], {**PAIRS[0], "context": None}], r"context\[1\] must be a string"),
        (7, "question must be a string, not int"),
        (None, "question must be a string, not NoneType"),
        ("Who?", "context must be a string, not NoneType"),
    ],
)
def test_a_form_that_cannot_be_read_is_named(answerer, asked, message):
    with pytest.raises(TypeError, match=message):
        answerer(asked)


def test_no_answer_is_an_answer_where_it_may_be(answerer):
    question = "How many moons has the planet?"
    result = answerer(question, VILLAGE, handle_impossible_answer=True)
    assert (result["answer"], result["start"], result["end"]) == ("", 0, 0)
    assert result["score"] > 0.5
    assert answerer(question, VILLAGE)["answer"] != ""


def test_bad_items_are_refused_before_any_work(answerer, monkeypatch):
    monkeypatch.setattr(batches, "forward", lambda *arguments: pytest.fail("ran"))
    with pytest.raises(TypeError, match=r"context\[1\] must be a string, not NoneType"):
        answerer("Who?", [CONTEXT, None])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"top_k": 0}, "top_k must be at least 1, not 0"),
        ({"max_answer_len": 0}, "max_answer_len must be at least 1"),
        ({"max_question_len": 0}, "max_question_len must be at least 1"),
        ({"doc_stride": -1}, "doc_stride must be at least 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"max_seq_len": 513}, "max_seq_len must be at most 512"),
        ({"max_seq_len": 5}, r"question is too long.*max_seq_len=5"),
        ({"doc_stride": 385}, "doc_stride must be less than 384"),
        ({"max_seq_len": 9, "doc_stride": 4}, "doc_stride must be less than 4"),
        ({"device": "cupboard"}, "device 'cupboard' is unknown"),
        ({"device": -2}, "device -2 is unknown"),
        ({"device": "meta"}, "device 'meta' cannot be used"),
    ],
)
def test_a_number_out_of_range_is_named(answerer, arguments, message):
    with pytest.raises(ValueError, match=message):
        answerer("Who?", CONTEXT, **arguments)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is such a device here")
@pytest.mark.parametrize("device", ["cuda", 0, torch.device("cuda", 1)])
def test_a_device_that_is_not_there_is_named(embedded, answerer, device):
    with pytest.raises(ValueError, match=r"device .* cannot be used"):
        answerer("Who?", CONTEXT, device=device)
    with pytest.raises(ValueError, match=r"device .* cannot be used"):
        companion.QuestionAnswerer(*embedded, device=device)


@pytest.mark.parametrize("device", [-1, "cpu", "cpu:0", torch.device("cpu")])
def test_the_cpu_has_several_names(answerer, device):
    assert answerer("Who?", CONTEXT, device=device)["answer"] == "Foo"


def test_a_device_is_no_fraction(answerer):
    with pytest.raises(TypeError, match=r"device must be .* not 1\.5"):
        answerer("Who?", CONTEXT, device=1.5)


@pytest.mark.parametrize("name", ["top_k", "max_answer_len", "max_seq_len"])
@pytest.mark.parametrize("wrong", ["3", 2.5])
def test_what_is_no_number_is_named(answerer, name, wrong):
    with pytest.raises(TypeError, match=f"{name} must be an integer, not"):
        answerer("Who?", CONTEXT, **{name: wrong})


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize("blank", ["", " \t\n"])
def test_blank_text_is_refused(answerer, name, blank):
    arguments = {"question": "Who?", "context": CONTEXT, name: blank}
    with pytest.raises(ValueError, match=f"{name} must hold some text"):
        answerer(**arguments)


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize("wrong", [None, b"Who?", 7, {"text": "Who?"}])
def test_what_is_not_text_is_refused(answerer, name, wrong):
    arguments = {"question": "Who?", "context": CONTEXT, name: wrong}
    with pytest.raises(TypeError, match=f"{name} must be a string, not"):
        answerer(**arguments)


@pytest.mark.parametrize("name", ["question", "context"])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\x00", "has no token"),
        ("\u200b\u200b", "has no token"),
        ("a \ud83d b", "lone surrogate: '\\\\ud83d' at 2"),
    ],
)
def test_text_that_cannot_be_read_is_refused(answerer, name, text, message):
    arguments = {"question": "Who?", "context": CONTEXT, name: text}
    with pytest.raises(ValueError, match=f"{name} .*{message}"):
        answerer(**arguments)


def test_lists_of_unequal_length_are_refused(answerer):
    with pytest.raises(ValueError, match="equally many items; context has 1"):
        answerer(["Who?", "Where?"], [CONTEXT])
    lazy = answerer(iter(["Who?"]), iter([CONTEXT, CONTEXT]))
    with pytest.raises(ValueError, match="equally many items; question has 1"):
        list(lazy)


def test_defaults_are_the_old_pipelines(embedded):
    found = lengths(*embedded, max_seq_len=None, doc_stride=None, max_question_len=64)
    assert found.window == 384
    first, second = found.windows(question=10, context=372)
    assert first.end - first.first == 384 - 10 - 3
    assert first.end - second.first == 128  # min(384 // 2, 128)


def test_the_model_stays_as_it_is(embedded):
    _, model = embedded
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    companion.QuestionAnswerer(*embedded)("Who?", CONTEXT)
    assert model.config._attn_implementation == "eager"  # chapter 4 needs its weights
    assert all(torch.equal(w, before[name]) for name, w in model.state_dict().items())


def test_bfloat16_agrees_or_is_refused(embedded, monkeypatch):
    if multiplies_bfloat16(torch.device("cpu")):
        short = companion.QuestionAnswerer(*embedded, bfloat16=True)
        result = short("Where was Anna Weber born?", VILLAGE)
        exact = companion.QuestionAnswerer(*embedded)(
            "Where was Anna Weber born?", VILLAGE
        )
        assert result["answer"] == exact["answer"]
        assert result["score"] == pytest.approx(exact["score"], abs=0.03)
    monkeypatch.setattr(answerer_module, "multiplies_bfloat16", lambda device: False)
    with pytest.raises(ValueError, match="bfloat16"):
        companion.QuestionAnswerer(*embedded, bfloat16=True)


def test_another_checkpoint_reads_what_it_can(other_checkpoint):
    answerer = companion.QuestionAnswerer(*companion.load(str(other_checkpoint)))
    result = answerer("Who?", PARAGRAPH * 5)  # 64 positions, many windows
    assert PARAGRAPH * 5 != result["answer"] in PARAGRAPH * 5


@given(lengths=st.lists(st.integers(1, 500), max_size=60), size=st.integers(0, 9))
def test_batches_hold_each_row_once_and_are_sorted(lengths, size):
    found = list(batches.batch_rows(lengths, size or None))
    order = [i for batch in found for i in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[i] for i in order] == sorted(lengths)
    for batch in found:
        longest = max(lengths[i] for i in batch)
        assert len(batch) <= (size or max(1, batches.TOKENS_AT_ONCE // longest))


@pytest.mark.parametrize("undecoded", [b"Who?", bytearray(b"Who?")])
def test_bytes_without_a_context_are_refused_at_once(answerer, undecoded):
    with pytest.raises(TypeError, match="question must be a string, not byte"):
        answerer(undecoded)
    with pytest.raises(TypeError, match="context must be a string, not byte"):
        answerer("Who?", undecoded)
