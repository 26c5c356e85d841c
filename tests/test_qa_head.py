import pytest
import torch

from companion.qa_head import span_logits


def test_the_head_is_one_linear(embedded):
    head = embedded[1].qa_outputs
    hidden = torch.randn(2, 5, 384)
    start_logits, end_logits = span_logits(head, hidden)
    torch.testing.assert_close(
        torch.stack([start_logits, end_logits], -1), head(hidden)
    )


def test_bad_input_is_named(embedded):
    _, model = embedded
    with pytest.raises(TypeError, match="qa_outputs must be a Linear, not a BertModel"):
        span_logits(model.bert, torch.zeros(1, 2, 384))
    with pytest.raises(ValueError, match=r"hidden must have the shape \(B, T, 384\)"):
        span_logits(model.qa_outputs, torch.zeros(1, 2, 383))
