from companion import figures, running, tokens


def test_the_alignment_has_all_rows_under_each_other(embedded):
    encoded = tokens.encode(embedded[0], running.QUESTION, running.CONTEXT)
    ax = figures.alignment(encoded)
    [at] = [t.get_position()[0] for t in ax.texts if t.get_text() == "143"]
    column = [t for t in ax.texts if t.get_position()[0] == at]
    shown = [t.get_text() for t in sorted(column, key=lambda t: -t.get_position()[1])]
    assert shown == ["F", "F", "143", "1", "7"]
    texts = {t.get_text() for t in ax.texts}
    assert {"##oo", "oo", "5658", "[CLS]", "–"} <= texts


def test_lengths_count_letters_without_the_two_hashes():
    ax = figures.piece_lengths(["[PAD]", "a", "##b", "abc", "##", "[", "##xyz"])
    starts, rests = ax.containers
    assert [bar.get_height() for bar in starts] == [2, 1, 1]  # a and [; ##; abc
    assert [bar.get_height() for bar in rests] == [1, 0, 1]


def test_a_bar_is_as_long_as_a_language_has_tokens():
    ax = figures.pieces_by_language({"one": (8, 0), "two": (12, 9)})
    known, unknown = ax.containers
    assert [bar.get_width() for bar in known] == [8, 3]
    assert [bar.get_x() + bar.get_width() for bar in unknown] == [8, 12]


def test_each_try_has_a_row_as_long_as_the_piece_that_is_looked_for():
    ax = figures.wordpiece_steps("abc", {"a", "##bc"})
    shown = [t.get_text() for t in ax.texts if t.get_text().startswith("try")]
    assert shown == ["try 1", "try 2", "try 3", "try 4"]  # abc, ab, a, ##bc
    ends = [round(box.get_x() + box.get_width() + 0.1) for box in ax.patches]
    assert ends == [3, 2, 1, 3]
    found = [t.get_position()[1] for t in ax.texts if t.get_text() == "in the list"]
    assert found == [2, 3]
    assert [t.get_text() for t in ax.texts if t.get_position()[1] == 3] == [
        "##",
        "b",
        "c",
        "in the list",
        "try 4",
    ]


def test_the_tries_end_where_no_piece_fits():
    ax = figures.wordpiece_steps("abc", {"ab"})
    assert len(ax.patches) == 3  # abc, ab, ##c
