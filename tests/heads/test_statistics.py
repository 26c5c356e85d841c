"""The stored statistics of heads agree with each other, as chapter 10 reads them."""

import pytest
import torch

from companion import heads, measured

STORED = measured.results("head_statistics")
RESTS, LOOKS = STORED["what answers rest on"], STORED["where heads look"]
FIELDS = heads.Standing._fields


def test_a_margin_is_the_logits_minus_the_rivals():
    margin, logits, rivals = (
        torch.tensor(RESTS["one head off"][name]["mean"]) for name in FIELDS[1:]
    )
    assert margin.shape == (6, 12)
    assert torch.allclose(margin, logits - rivals, atol=3e-4)


@pytest.mark.parametrize("name", ["at the answer", "same word, the first"])
@pytest.mark.parametrize("field", FIELDS)
def test_one_head_off_is_the_same_in_both_tables(name, field):
    [(layer, head)] = RESTS["several heads off"][name]["heads"]
    for what in ("mean", "error"):
        table = RESTS["one head off"][field][what]
        alone = RESTS["several heads off"][name][field][what]
        assert table[layer][head] == pytest.approx(alone, abs=3e-4)


def test_the_sets_are_named_after_what_their_heads_look_at():
    sets = {name: row["heads"] for name, row in RESTS["several heads off"].items()}
    answer = torch.tensor(RESTS["to the answer"])
    same = torch.tensor(LOOKS["same word"])
    assert sets["at the answer"] == [list(heads.strongest(answer))]
    assert sets["same word, the first"] == [list(heads.strongest(same))]
    both = sets["same word, the first"] + sets["same word, the second"]
    assert sets["same word, both"] == both
    assert sets["its whole layer"] == [[5, head] for head in range(12)]
    rest = sets["the rest of its layer"]
    assert len(rest) == 11
    assert sets["at the answer"][0] not in rest


def test_as_many_are_compared_as_the_file_says():
    assert RESTS["compared"] <= RESTS["answered right"] < RESTS["questions"]
    assert len(RESTS["rank correlations"]) == 15  # of six measures, two at a time
