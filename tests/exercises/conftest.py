import sys

import pytest


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch, embedded):
    """Load the book's model once, and not at each call of a check."""
    for name, module in list(sys.modules.items()):
        if name.startswith("companion.exercises.") and hasattr(module, "load"):
            monkeypatch.setattr(module, "load", lambda: embedded)
