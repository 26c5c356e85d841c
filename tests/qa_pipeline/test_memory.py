"""What a long text takes: nothing of a window but its logits is kept, in any family.

`benchmarks/memory.py` measures 200,000 words; `tests/test_new_process.py` has a
bound for what is not the model's.
"""

import pytest
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from companion import QuestionAnswerer
from companion.qa_pipeline import batches
from oracle import small

LONG = "My name is Foo and I live in Berlin, near Bar.\n" * 60  # some 1,000 tokens


@pytest.fixture(scope="module", params=["bert", "roberta", "deberta"])
def answerer(request):
    return QuestionAnswerer(*small.small_model(request.param))


def test_nothing_of_earlier_batches_is_kept(answerer, monkeypatch):
    past = []  # per batch, what memory its inputs, vectors and logits had

    def watched(model, inputs, bfloat16=False):
        mine = [StorageWeakRef(ids.untyped_storage()) for ids in inputs.values()]
        hook = model.base_model.register_forward_hook(
            lambda _, __, out: mine.append(StorageWeakRef(out[0].untyped_storage()))
        )
        logits = computed(model, inputs, bfloat16)
        hook.remove()
        mine.append(StorageWeakRef(logits.untyped_storage()))
        assert all(old.expired() for batch in past[:-1] for old in batch)
        past.append(mine)
        return logits

    computed = batches.forward
    monkeypatch.setattr(batches, "forward", watched)
    answerer("Who?", LONG, batch_size=1)
    assert len(past) > 5
    assert all(len(batch) >= 4 for batch in past)


def test_attention_that_keeps_its_tables_gets_few_rows(answerer, monkeypatch):
    seen = []

    def random(model, inputs, bfloat16=False):
        seen.append(inputs["input_ids"].shape)
        return torch.randn(seen[-1][0], 2, seen[-1][1])

    monkeypatch.setattr(batches, "forward", random)
    answerer("Who?", LONG)
    rows, tokens = seen[-1]  # full windows are the longest, and come last
    tables = answerer.model.config._attn_implementation == "eager"
    assert tables == (answerer.model.config.model_type == "deberta")
    most = 384**2 // tokens**2 if tables else 1536 // tokens
    assert max(rows for rows, _ in seen) == most > rows - 1
    answerer("Who?", LONG, batch_size=6)
    assert max(rows for rows, _ in seen) == 6
