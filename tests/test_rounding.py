import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from companion.rounding import restore_rows, round_rows


@given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**31))
def test_no_number_moves_by_more_than_half_a_step_of_its_row(rows, columns, seed):
    matrix = torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed))
    rounded, scales = round_rows(matrix)
    assert rounded.dtype == torch.int8
    moved = (restore_rows(rounded, scales) - matrix).abs()
    assert (moved <= scales[:, None] * 0.5001).all()


def test_the_largest_number_of_a_row_stays_and_a_row_of_zeros_too():
    matrix = torch.tensor([[1.0, -4.0], [0.0, 0.0]])
    rounded, scales = round_rows(matrix)
    assert rounded.tolist() == [[32, -127], [0, 0]]
    restored = restore_rows(rounded, scales)
    torch.testing.assert_close(restored[0, 1], torch.tensor(-4.0))
    assert restored[1].tolist() == [0, 0]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (torch.ones(3), r"\(rows, columns\).*\(3,\)"),
        (torch.ones(2, 2, dtype=torch.int64), "int64"),
        (torch.tensor([[1.0, torch.nan]]), "nan"),
    ],
)
def test_what_cannot_be_rounded_is_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        round_rows(matrix)
