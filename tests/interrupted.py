"""A training that dies at a chosen call; are the weights of two trainings equal?"""

import pytest
import torch

from companion import __main__ as command_line
from companion.training import loop


class Killed(BaseException):
    """As sudden as a kill, but the test goes on."""


def killed(module, name, number):
    """A function in place of `module.name`, which dies when it is called so often."""
    calls, real = [], getattr(module, name)

    def call(*arguments, **named):
        calls.append(name)
        if len(calls) == number:
            raise Killed
        return real(*arguments, **named)

    return call


def equal(ours, theirs):
    """Tell whether two models' weights are the same, bit for bit."""
    return ours.keys() == theirs.keys() and all(
        torch.equal(ours[k], theirs[k]) for k in ours
    )


def stopped(arguments):
    """Run a command of the command line; Ctrl-C comes at the third step."""
    calls = []

    def one_step(*rest):
        calls.append(rest)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return real(*rest)

    real = loop.one_step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop, "one_step", one_step)
        assert command_line.main(arguments) == 130
