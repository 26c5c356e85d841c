"""Blocks of lines, and the line that answers each."""

import hashlib
import json

import pytest

import companion
from companion.bulk import lines
from companion.bulk.lines import BadLine, Block, answer_block, line_blocks

GOOD = b'{"question": "Who?", "context": "My name is Foo"}'
OPTIONS = {"top_k": 2, "max_seq_len": 64}


@pytest.fixture(scope="module")
def small(other_checkpoint):
    return companion.question_answerer(str(other_checkpoint))


def block(*texts):
    return Block(7, list(texts), "")


@pytest.mark.parametrize("at_once", [(3, 10**6), (10**6, 40), (2, 40)])
def test_blocks_hold_each_line_once_and_know_what_came_before(monkeypatch, at_once):
    monkeypatch.setattr(lines, "LINES_AT_ONCE", at_once[0])
    monkeypatch.setattr(lines, "BYTES_AT_ONCE", at_once[1])
    texts = [b"x" * (i * i) + b"\n" for i in range(10)]
    found = list(line_blocks(texts))
    assert [text for block in found for text in block.texts] == texts
    for block in found:
        end = block.first + len(block.texts) - 1
        assert block.sha256 == hashlib.sha256(b"".join(texts[:end])).hexdigest()
        assert len(block.texts) <= at_once[0]
        assert sum(map(len, block.texts[:-1])) < at_once[1]
    assert len(found) > 3


BAD = [
    ("{", "is no JSON in UTF-8: Expecting"),
    ('{"question": "Who?", "context": "I"} {}', "is no JSON in UTF-8: Extra data"),
    ('["Who?", "I"]', "must be an object, {...}, not a list"),
    ('{"question": "Who?"}', "has no 'context'"),
    ('{"question": " ", "context": "I"}', "question must hold some text, not ' '"),
    ('{"question": ["Who?"], "context": "I"}', "question must be a string, not list"),
    ('{"question": null, "context": "I"}', "question must be a string, not NoneType"),
    ('{"question": "Who?", "context": "\\ud83d"}', "context must hold whole char"),
    ('{"question": "\\u200b", "context": "I"}', "question has no token"),
    ('{"question": "Who?", "context": "\\u200b"}', "context has no token"),
    ('{"question": "Who?", "context": "I", "x": NaN}', "JSON has no number NaN"),
    ('{"question": "Who?", "context": "I", "x": 1e999}', "JSON has no number 1e999"),
    (
        '{"question": "?", "context": "I", "predictions": 1}',
        "has a field 'predictions'",
    ),
    ('{"question": "?", "context": "I", "error": 1}', "has a field 'error'"),
    (f'{{"question": "{"who " * 63}", "context": "I"}}', "question is too long"),
    ("[" * 100_000, "recursion"),
    (b"\xff", "is no JSON in UTF-8: 'utf-8' codec"),
]


@pytest.mark.parametrize(("text", "message"), BAD, ids=[m[:30] for _, m in BAD])
def test_a_bad_line_is_refused_or_gets_its_error(small, text, message):
    bad = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BadLine, match=r"^line 9: ") as refused:
        answer_block(small, block(GOOD, b" \r\n", bad, GOOD), OPTIONS)
    assert message in str(refused.value)
    answered = answer_block(small, block(GOOD, b" \r\n", bad, GOOD), OPTIONS, True)
    first, error, last = map(json.loads, answered.text.splitlines())
    assert error["error"] == str(refused.value)
    assert "predictions" not in error
    found = first.pop("predictions"), last.pop("predictions")
    assert first == last
    assert len(found[0]) == 2
    for one, other in zip(*found, strict=True):  # rows of a batch: but for rounding
        assert one == {**other, "score": pytest.approx(other["score"])}
    assert (answered.lines, answered.bad) == (3, 1)
