import re

import pytest
import torch
from torch import nn

from companion.__main__ import main
from companion.commands.trace import walk

CONTEXT = "My name is Foo"


def test_the_walk_tells_what_the_library_computes(embedded):
    tokenizer, model = embedded
    text = walk(tokenizer, model, "Who?", CONTEXT)
    assert "10 tokens\n[CLS] Who ? [SEP] My name is F ##oo [SEP]" in text
    assert "embeddings (1, 10, 384)" in text
    inputs = tokenizer("Who?", CONTEXT, return_tensors="pt")
    with torch.inference_mode():
        output = model(**inputs, output_attentions=True, output_hidden_states=True)
    rows = re.findall(
        r"^ +(\d) +(\d+) +(\d\.\d\d) +(-?\d\.\d\d)  .* \((\d)\)$", text, re.M
    )
    assert [int(row[0]) for row in rows] == list(range(6))
    first = int(re.search(r"token that 'F' \(position (\d)\)", text)[1])
    states = output.hidden_states
    for layer, head, weight, cosine, read in rows:
        weights = output.attentions[int(layer)][0, :, first]
        assert float(weight) == pytest.approx(
            float(weights[int(head), int(read)]), abs=0.006
        )
        others = [i for i in range(10) if i != first]
        assert float(weight) == pytest.approx(
            float(weights[:, others].max()), abs=0.006
        )
        moved = torch.cosine_similarity(states[0], states[int(layer) + 1], dim=-1)
        assert float(cosine) == pytest.approx(float(moved[0, first]), abs=0.006)


@pytest.mark.slow
def test_the_walk_ends_with_the_answerers_answer(capsys):
    assert main(["ask", "Who?", CONTEXT]) == 0
    answer = capsys.readouterr().out
    assert main(["trace", "Who?", CONTEXT]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert re.findall(r"\w+", last) == re.findall(r"\w+", answer)


def test_the_walk_calls_no_module(embedded, monkeypatch):
    def refuse(module, *arguments, **named):
        raise AssertionError(f"{type(module).__name__} was called")

    monkeypatch.setattr(nn.Module, "__call__", refuse)
    assert walk(*embedded, "Who?", CONTEXT).endswith(")")


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (" ", "context must hold some text"),
        ("a \ud83d b", "context must hold whole characters"),
        ("\u200b", "context has no token"),
        ("word " * 600, "positions for 512"),
    ],
)
def test_what_cannot_be_walked_is_refused(embedded, context, message):
    with pytest.raises(ValueError, match=message):
        walk(*embedded, "Who?", context)


def test_another_model_can_be_walked(other_checkpoint, capsys):
    assert main(["trace", "Who?", "My name", "--model", str(other_checkpoint)]) == 0
    assert "3 layers" in capsys.readouterr().out
