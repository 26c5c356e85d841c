"""Generated SQuAD files, good, odd and broken: a true result, or one line of help."""

import copy
import json
import warnings

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.fine_tuning import features, squad

WORDS = ["Ada", "lives", "in", "São", "Paulo.", "naïve", "🙂", "東京", "co-op", "1907,"]
GAPS = [" ", "  ", "\n", "\u00a0", " \u200b", "-"]
ODD = [
    None,
    "",
    " ",
    0,
    -1,
    10**30,
    1.5,
    float("nan"),
    True,
    "x",
    "\ud83d",
    [],
    {},
    [[]],
]
relaxed = settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@st.composite
def questions(draw, number):
    """A context of words, a question, and references to some of its words."""
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=60))
    text, places = "", []
    for word in words:
        text += draw(st.sampled_from(GAPS)) if text else ""
        places.append((len(text), len(text) + len(word)))
        text += word
    answers = []
    for _ in range(draw(st.integers(0, 3))):
        first = draw(st.integers(0, len(words) - 1))
        last = min(len(words) - 1, first + draw(st.integers(0, 3)))
        begin, end = places[first][0], places[last][1]
        begin -= draw(st.integers(0, 1)) * text[:begin].endswith((" ", "\n"))
        end += draw(st.integers(0, 1)) * text[end:].startswith((" ", "\n"))
        answers.append({"text": text[begin:end], "answer_start": begin})
    question = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=90)))
    qa = {"id": f"q{number}", "question": question, "answers": answers}
    return {"context": text, "qas": [qa]}


@st.composite
def files(draw):
    """Whole files; each may have fields of version 2, no titles, answers in columns."""
    count = draw(st.integers(1, 4))
    paragraphs = [draw(questions(number)) for number in range(count)]
    for qa in (p["qas"][0] for p in paragraphs):
        if draw(st.booleans()):
            qa["is_impossible"] = not qa["answers"]
        if draw(st.booleans()):
            names = ("text", "answer_start")
            columns = {n: [a[n] for a in qa["answers"]] for n in names}
            qa["answers"] = columns
        elif not qa["answers"] and draw(st.booleans()):
            qa["answers"] = [{"text": "", "answer_start": -1}]
    page = {"paragraphs": paragraphs}
    return {"data": [page if draw(st.booleans()) else {**page, "title": "t"}]}


def fields(value, path=()):
    """The path of each field and item below `value`."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for name, below in pairs:
        yield (*path, name)
        if isinstance(below, dict | list):
            yield from fields(below, (*path, name))


@st.composite
def broken(draw):
    """A file with one field or item removed, or with another value in it."""
    content = draw(files())
    *above, name = draw(st.sampled_from(sorted(fields(content), key=str)))
    at = content
    for step in above:
        at = at[step]
    if draw(st.booleans()):
        del at[name]
    else:
        at[name] = copy.deepcopy(draw(st.sampled_from(ODD)))
    return content


def read(content, tmp_path):
    path = tmp_path / "any.json"
    path.write_text(json.dumps(content), "utf-8")
    return squad.read_squad(path)


def labels(example, tokenizer, length):
    """First and last token of each window's label, as characters of the context."""
    for window in features.features_of([example], tokenizer, length):
        assert len(window) <= length
        assert len(window.input_ids) == len(window.offsets) == len(window)
        if window.end:
            yield window.offsets[window.start], window.offsets[window.end]


def check_labels(examples, tokenizer, length):
    """A label holds the reference's words; each token of it has a part in them."""
    for example in examples:
        found = list(labels(example, tokenizer, length))
        assert example.answers or not found
        for first_token, last_token in found:
            text = example.context[first_token[0] : last_token[1]]
            assert any(
                words in text
                and first_token[0] <= first < first_token[1]
                and last_token[0] < first + len(words) <= last_token[1]
                for words, first in example.answers
            )


@pytest.mark.slow
@relaxed
@given(content=files(), length=st.sampled_from([72, 128, 132, 200, 320]))
def test_a_valid_file_is_read_as_it_stands(content, length, tmp_path, embedded):
    examples = read(content, tmp_path)
    paragraphs = content["data"][0]["paragraphs"]
    assert [e.context for e in examples] == [p["context"] for p in paragraphs]
    assert squad.placed(examples) == examples
    for example, paragraph in zip(examples, paragraphs, strict=True):
        answers = paragraph["qas"][0]["answers"]
        texts = answers["text"] if isinstance(answers, dict) else [
            a["text"] for a in answers]  # fmt: skip
        wanted = [text.strip() for text in texts if text.strip()]
        assert [text for text, _ in example.answers] == wanted
    check_labels(examples, embedded[0], length)


@pytest.mark.slow
@relaxed
@given(content=broken())
def test_a_broken_file_ends_in_a_true_result_or_in_one_line(
    content, tmp_path, embedded
):
    try:
        examples = read(content, tmp_path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            examples = squad.placed(examples)
        check_labels(examples, embedded[0], 320)
    except ValueError as error:
        message = str(error)
        assert "any.json" in message
        assert "\n" not in message
        whole = ("data", "paragraphs", "page 0", "no question in it")
        assert "question" in message or any(word in message for word in whole)


@pytest.mark.parametrize("depth", [100_000])
def test_a_file_that_is_nested_too_deeply_is_no_squad_file(tmp_path, depth):
    path = tmp_path / "deep.json"
    path.write_text("[" * depth, "utf-8")
    with pytest.raises(ValueError, match=r"deep\.json: no JSON file"):
        squad.read_squad(path)
