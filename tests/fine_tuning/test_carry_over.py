import torch

from companion.fine_tuning import carry_over


def test_cased_pieces_start_from_the_uncased_piece_of_the_same_letters():
    uncased = {
        p: i for i, p in enumerate(["[UNK]", "foo", "##bar", "cafe", "ba", "##z"])
    }
    vectors = torch.eye(len(uncased))
    cased = ["Foo", "Café", "##foo", "foobar", "Baz", "?", "[UNK]"]
    carried, same = carry_over.carry_over(vectors, uncased, cased)
    assert same == 3  # Foo, Café, [UNK]
    rows = [row.nonzero().flatten().tolist() for row in carried]
    assert rows == [[1], [3], [1], [1, 2], [4, 5], [0], [0]]
    assert carried[3].tolist() == [0, 0.5, 0.5, 0, 0, 0]
