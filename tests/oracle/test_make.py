"""The environment of the old library: made whole, and once for all processes."""

import subprocess
from pathlib import Path

import pytest

from oracle import make


@pytest.fixture
def installs(monkeypatch, tmp_path):
    """The words of each run of pip; a first one is broken off."""
    runs = []

    def pip(words, **_):
        runs.append(words)
        if len(runs) == 1:
            raise KeyboardInterrupt

    def create(folder, *, clear, **_):
        assert clear
        Path(folder).mkdir(exist_ok=True)

    monkeypatch.setattr(make, "ENVIRONMENT", tmp_path / "old")
    monkeypatch.setattr(make.venv, "create", create)
    monkeypatch.setattr(subprocess, "run", pip)
    return runs


def test_what_was_broken_off_is_installed_anew_and_what_is_whole_is_kept(
    installs, monkeypatch
):
    with pytest.raises(KeyboardInterrupt):
        make.old_python()
    assert make.old_python() == make.old_python() == installs[1][0]
    assert len(installs) == 2
    monkeypatch.setattr(make, "PINNED", ["transformers==5.3.0"])
    make.old_python()
    assert installs[2][-1] == "transformers==5.3.0"


def test_one_environment_is_made_for_all_processes(monkeypatch):
    made = []
    monkeypatch.setattr(make, "old_python", lambda: made.append(1) or "python")
    monkeypatch.setattr(make, "_run", lambda python, lines: [python for _ in lines])
    calls = [{"question": "Who?", "answered": 1}] * 9
    assert make.ask_the_old_one(calls) == ["python"] * 9
    assert made == [1]
