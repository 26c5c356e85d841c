import matplotlib.pyplot as plt
import pytest

from companion import figures
from companion.figures.fine_tuning import running_mean


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_the_learning_curve_has_each_loss_and_their_mean():
    losses = [4.0, 3.0, 2.0, 1.0]
    pale, mean = figures.learning_curve(losses).lines
    assert list(pale.get_xdata()) == [1, 2, 3, 4]
    assert list(pale.get_ydata()) == losses
    assert list(mean.get_ydata()) == [3.5, 3.0, 2.0, 1.5]


def test_the_mean_reaches_as_far_as_it_is_told():
    assert list(running_mean([0.0, 0.0, 6.0, 0.0, 0.0], 1)) == [0, 2, 2, 2, 0]
