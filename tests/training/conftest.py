"""A training of the smallest kind: a line through points."""

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState

from companion.training.loop import Plan, take_steps
from companion.training.steps import epochs

POINTS = [[float(x), 3.0 * x - 1] for x in range(7)]
PLAN = {"steps": 8, "learning_rate": 0.1, "seed": 3, "facts": {"colour": "red"}}


def loss_of(model, mine, batch):
    """The squared distance of the line from its points, some of which are dropped."""
    x, y = torch.tensor(mine).T[..., None]
    return (model(torch.dropout(x, 0.2, True)) - y).square().mean()


def line(frozen=()):
    torch.manual_seed(1)
    model = torch.nn.Linear(1, 1)
    for name in frozen:
        getattr(model, name).requires_grad_(False)
    return model


@pytest.fixture
def train():
    """Train a line in a folder, or go on there; returns its weights at the end."""

    def call(folder, frozen=(), **changed):
        folder.mkdir(exist_ok=True)
        settings = {**PLAN, **changed}
        plan = Plan(
            **settings,
            batches=lambda: epochs(POINTS, 2, 2, settings["seed"]),
            loss_of=loss_of,
        )
        model = line(frozen)
        take_steps(model, plan, folder, Accelerator(), save_every=2)
        assert not model.training
        return {name: weights.clone() for name, weights in model.state_dict().items()}

    return call


@pytest.fixture(autouse=True)
def _no_other_processes():
    """Nothing is known of another test's processes."""
    AcceleratorState._reset_state(reset_partial_state=True)
