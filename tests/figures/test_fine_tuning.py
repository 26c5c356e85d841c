import numpy
import pytest

from companion import figures
from companion.figures import fine_tuning


def test_the_flow_shows_the_sizes_it_is_given():
    shown = [text.get_text() for text in figures.training_flow(20, 384).texts]
    for shape in ["ids (1, 20)", "(1, 20, 384)", "(1, 20, 2)"]:
        assert shape in shown


def test_a_curve_has_each_loss_and_their_mean():
    losses = [4.0, 2.0, 3.0, 1.0]
    each, mean = figures.learning_curve(losses).lines
    assert list(each.get_ydata()) == losses
    assert list(mean.get_ydata()) == [3.0, 3.0, 2.0, 2.0]
    assert list(each.get_xdata()) == [1, 2, 3, 4]


def test_a_running_mean_is_taken_over_what_is_there():
    for reach in (1, 3, 50):
        values = list(numpy.random.default_rng(0).normal(size=17))
        plain = [
            numpy.mean(values[max(0, i - reach) : i + reach + 1]) for i in range(17)
        ]
        assert numpy.allclose(fine_tuning.running_mean(values, reach), plain)


def test_a_second_stage_begins_where_the_first_ends():
    ax = figures.learning_stages({"one": [3.0, 2.0], "two": [1.5, 1.0, 0.5]})
    each, _, later, _ = ax.lines
    assert list(each.get_xdata()) == [1, 2]
    assert list(later.get_xdata()) == [3, 4, 5]
    assert list(later.get_ydata()) == [1.5, 1.0, 0.5]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["one", "two"]


def test_bars_have_the_scores_and_lines_what_was_published():
    scores = {"squadshifts_new_wiki": {"EM": 60, "F1": 75}, "qed": {"EM": 36, "F1": 52}}
    ax = figures.domain_scores(scores, {"EM": 80.8, "F1": 88.5}, "another")
    assert [bar.get_width() for bar in ax.patches] == [60, 36, 75, 52]
    assert [line.get_xdata()[0] for line in ax.lines[:2]] == [80.8, 88.5]
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert set(names) == {"EM", "F1", "another"}
    assert [t.get_text() for t in ax.get_yticklabels()] == ["new wiki", "qed"]
    assert [t.get_text() for t in ax.texts] == ["60.0", "36.0", "75.0", "52.0"]
    ax.figure.draw_without_rendering()
    for text in ax.texts:  # no line runs through a number
        box = text.get_window_extent().transformed(ax.transData.inverted())
        assert not any(box.x0 < at < box.x1 for at in (80.8, 88.5))


def test_an_ablation_is_a_dot_and_the_baseline_has_a_band():
    ablations = {"baseline": {"EM": 36.0}, "longer": {"EM": 44.0}, "seed": {"EM": 35}}
    ax = figures.ablation_scores(ablations, questions=900)
    line, *dots = ax.lines
    assert list(line.get_xdata()) == [36.0, 36.0]
    assert [dot.get_xdata()[0] for dot in dots] == [36.0, 44.0, 35]
    hollow = [dot.get_markerfacecolor() == "none" for dot in dots]
    assert hollow == [True, False, True]  # the band goes from 32.8 to 39.2
    [band] = ax.patches
    error = 100 * (0.36 * 0.64 / 900) ** 0.5
    assert band.get_x() == pytest.approx(36 - 2 * error)
    assert band.get_width() == pytest.approx(4 * error)
    assert [t.get_text() for t in ax.get_yticklabels()] == list(ablations)
