from companion import figures, measured
from companion.qa_pipeline import answers, batches, texts, windows

CUTS = windows.cut(73, room=40, stride=16)
BINS = [
    {"questions": 10, "score": 0.04, "right": 1},
    {"questions": 0, "score": 0.0, "right": 0},
    {"questions": 40, "score": 0.95, "right": 30},
]


def bars(ax):
    """Left, bottom, width and height of each bar."""
    return [(*bar.get_xy(), bar.get_width(), bar.get_height()) for bar in ax.patches]


def test_the_flow_names_functions_that_exist():
    ax = figures.pipeline_flow()
    names = {t.get_text() for t in ax.texts if t.get_family() == ["monospace"]}
    assert len(names) == 9
    assert all(
        any(hasattr(m, name) for m in (texts, windows, batches, answers))
        for name in names
    )


def test_a_window_is_read_where_it_is_pale_and_speaks_where_it_is_dark():
    drawn = bars(figures.windows_over_context(CUTS, token=28))
    for i, w in enumerate(CUTS):
        pale, dark = drawn[2 * i], drawn[2 * i + 1]
        assert (pale[0], pale[2]) == (w.first, w.end - w.first)
        assert (dark[0], dark[2]) == (w.keep_from, w.keep_to - w.keep_from)
    assert sum(width for _, _, width, _ in drawn[1::2]) == 73


def test_arrows_lead_from_a_token_to_the_nearer_end_of_each_window_that_holds_it():
    for token, wanted in [
        (28, {"11": 40, "4": 24}),  # of windows 0 and 1
        (0, {"0": 0}),
        (72, {"0": 73}),
    ]:
        ax = figures.windows_over_context(CUTS, token)
        assert {note.get_text(): note.xy[0] for note in ax.texts} == wanted
        assert ax.lines[-1].get_xdata()[0] == token + 0.5


def test_two_bars_per_window():
    ax = figures.window_scores([0.4, 0.9], [0.1, 0.8])
    assert [bar[3] for bar in bars(ax)] == [0.4, 0.9, 0.1, 0.8]
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["window 0", "window 1"]


def test_padding_fills_each_batch_up_to_its_longest_row():
    lengths = [5, 9, 4, 8]
    ax = figures.padding(lengths, list(batches.batch_rows(lengths, 2)))
    tokens, filler = bars(ax)[:4], bars(ax)[4:]
    assert [bar[3] for bar in tokens] == [4, 5, 8, 9]
    assert [bar[3] for bar in filler] == [1, 0, 1, 0]
    assert [bar[1] for bar in filler] == [4, 5, 8, 9]


def test_a_dot_for_each_bin_with_questions():
    ax = figures.reliability(BINS)
    [dots] = ax.collections
    assert dots.get_offsets().tolist() == [[0.04, 0.1], [0.95, 0.75]]
    small, large = dots.get_sizes()
    assert small < large


def test_shares_of_no_answer_sum_to_one_for_each_kind():
    ax = figures.no_answer_scores({"with": [3, 1], "without": [1, 4]})
    assert [bar[3] for bar in bars(ax)] == [0.75, 0.25, 0.2, 0.8]


def test_a_stored_bin_has_the_scores_of_its_place():
    stored = measured.results("calibration")
    questions = sum(b["questions"] for b in stored["best_answer"])
    assert questions == sum(stored["no_answer"]["with an answer"])
    for i, b in enumerate(stored["best_answer"]):
        assert 0 <= b["right"] <= b["questions"]
        assert i / 10 <= b["score"] <= (i + 1) / 10
