import pytest
import torch
from transformers.models.bert import modeling_bert

import companion


def test_the_table_says_what_is_equal_and_what_is_not():
    theirs = {"a": torch.zeros(1, 3), "b": torch.full((2, 2), 100.0)}
    ours = {"b": theirs["b"] + 0.0005, "a": theirs["a"] + 0.25}
    table = companion.compare(ours, theirs)
    assert not table.equal
    assert str(table).splitlines() == [
        "   shape   largest difference",
        "b  (2, 2)  below 1e-5",
        "a  (1, 3)  2.5e-01, too large",
    ]
    assert companion.compare({"b": ours["b"]}, theirs).equal


def test_double_precision_has_to_be_closer():
    theirs = {"a": torch.zeros(3, dtype=torch.float64)}
    assert not companion.compare({"a": theirs["a"] + 1e-9}, theirs).equal
    assert companion.compare({"a": theirs["a"] + 1e-13}, theirs).equal


def test_nan_is_too_large():
    theirs = {"a": torch.zeros(3)}
    table = companion.compare({"a": torch.full((3,), float("nan"))}, theirs)
    assert not table.equal
    assert "nan, too large" in str(table)


def test_what_cannot_be_compared_is_named():
    one = {"a": torch.zeros(3)}
    with pytest.raises(ValueError, match="ours must hold at least one"):
        companion.compare({}, one)
    with pytest.raises(ValueError, match="theirs lacks b"):
        companion.compare({"b": torch.zeros(3)}, one)
    with pytest.raises(ValueError, match=r"a: ours has the shape .*4.*theirs .*3"):
        companion.compare({"a": torch.zeros(4)}, one)
    with pytest.raises(
        ValueError, match=r"dtype torch\.float64.*theirs torch\.float32"
    ):
        companion.compare({"a": torch.zeros(3, dtype=torch.float64)}, one)
    with pytest.raises(
        ValueError, match=r"a must be float32 or float64, not torch\.int"
    ):
        companion.compare({"a": torch.zeros(3).long()}, {"a": torch.zeros(3).long()})


def test_watching_the_library_leaves_it_as_it_was(embedded):
    tokenizer, model = embedded
    inputs = tokenizer("Who?", "My name is Foo", return_tensors="pt")
    before = model.bert(**inputs).last_hidden_state
    hooks = [dict(module._forward_hooks) for module in model.modules()]
    seen = companion.library_trace(model.bert, **inputs)
    assert torch.equal(seen["layer.5.output"], before)
    assert torch.equal(model.bert(**inputs).last_hidden_state, before)
    assert hooks == [dict(module._forward_hooks) for module in model.modules()]


def test_watching_ends_when_the_library_fails(embedded):
    bert, attend = embedded[1].bert, modeling_bert.eager_attention_forward
    hooks = [dict(module._forward_hooks) for module in bert.modules()]
    mask = torch.ones(1, 1, 1, 7)  # for another number of tokens
    with pytest.raises(RuntimeError, match="size of tensor"):
        companion.library_trace(
            bert, input_ids=torch.ones(1, 3).int(), attention_mask=mask
        )
    assert modeling_bert.eager_attention_forward is attend
    assert hooks == [dict(module._forward_hooks) for module in bert.modules()]
