"""Ours against the pipeline that was removed, on the same weights and arguments."""

import hashlib
import os
from pathlib import Path

import pytest

from companion.loading import EMBEDDED
from oracle import compare

NIGHTLY = bool(os.environ.get("COMPANION_NIGHTLY"))
CLOSE = 1e-5


@pytest.fixture(scope="module")
def fixture():
    return compare.fixture()


def test_the_fixture_is_of_these_weights(fixture):
    weights = Path(EMBEDDED / "model.safetensors").read_bytes()
    assert fixture["weights_sha256"] == hashlib.sha256(weights).hexdigest()
    assert "transformers==5.2.0" in fixture["with"]


def test_one_window_is_equal_in_every_case(answerer, fixture):
    cases = [
        c for c in fixture["one_window"] if c["call"].get(compare.ALIGNED) is False
    ]
    candidates = compare.ours(answerer, cases, handle_impossible_answer=False)
    with_nothing = compare.ours(answerer, cases, top_k=10_000)
    assert len(cases) > 300
    for case, mine, all_of_them in zip(cases, candidates, with_nothing, strict=True):
        wanted = compare.merged(compare.as_list(mine))
        if case["call"].get("handle_impossible_answer"):
            wanted += [a for a in all_of_them if a["answer"] == ""]
            wanted.sort(key=lambda answer: -answer["score"])
        wanted = wanted[: case["call"].get("top_k", 1)]
        old = [a for a in compare.as_list(case["old"]) if a["answer"] or a["score"]]
        assert [compare.place(a) for a in old] == [compare.place(a) for a in wanted]
        for one, other in zip(old, wanted, strict=True):
            assert one["score"] == pytest.approx(other["score"], abs=CLOSE)


def agreement(answerer, cases, surer_than=0.0):
    """The share of equal places, among our answers of at least that score."""
    same = []
    for case, mine in zip(cases, compare.ours(answerer, cases), strict=True):
        old, mine = compare.as_list(case["old"])[0], compare.as_list(mine)[0]
        if mine["score"] >= surer_than:
            same.append(compare.place(old) == compare.place(mine))
    return sum(same) / len(same)


def test_whole_words_of_one_window_agree(answerer, fixture):
    cases = [c for c in fixture["one_window"] if c["call"].get(compare.ALIGNED, True)]
    assert len(cases) > 300
    assert agreement(answerer, cases) >= 0.98


def test_of_several_windows_one_has_the_answer(answerer, fixture):
    cases = fixture["in_prose"]
    assert len(cases) == 200
    least = 0.95 if NIGHTLY else 0.9  # a part of them may have more of the hard ones
    assert agreement(answerer, cases if NIGHTLY else cases[::5]) >= least


@pytest.mark.skipif(not NIGHTLY, reason="takes ten minutes; set COMPANION_NIGHTLY=1")
def test_where_every_window_has_an_answer_they_part(answerer, fixture):
    """The old one takes the best of windows that were each normalised alone.

    What comes of it, and where, is told in `benchmarks/README.md`.
    """
    cases = fixture["several_windows"]
    assert len(cases) > 250
    assert 0.5 < agreement(answerer, cases) < agreement(answerer, cases, 0.3)
