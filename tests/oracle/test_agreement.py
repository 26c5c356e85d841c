"""Ours against the pipeline that was removed, on the same weights and arguments."""

import os
from pathlib import Path

import pytest

from benchmarks import long_texts
from companion import QuestionAnswerer, measured
from oracle import compare

pytestmark = pytest.mark.slow
NIGHTLY = bool(os.environ.get("COMPANION_NIGHTLY"))
CLOSE = 1e-5
PAGE = compare.OUTPUT.read_text("utf-8").splitlines()


class Remembering(QuestionAnswerer):
    """Asks its model once where calls differ only in the answers that they want."""

    def __init__(self, *parts):
        super().__init__(*parts)
        self.known = {}

    def logits(self, tasks, **options):
        named = [((*t.question.tolist(), t.context, *t.windows), t) for t in tasks]
        new = {name: task for name, task in named if name not in self.known}
        rows = super().logits(new.values(), **options)
        self.known |= {name: row for name, (_, row) in zip(new, rows, strict=True)}
        return ((task, self.known[name]) for name, task in named)


@pytest.fixture(scope="module")
def answerer(embedded):
    return Remembering(*embedded)


@pytest.fixture(scope="module")
def fixture():
    return compare.fixture()


def test_the_fixture_is_of_these_weights(fixture):
    assert fixture["weights_sha256"] == measured.weights_sha256()
    assert fixture["command"] == "python -m oracle.make"
    assert "transformers==5.2.0" in fixture["with"]


def test_one_window_is_equal_in_every_case(answerer, fixture):
    cases = [
        c for c in fixture["one_window"] if c["call"].get(compare.ALIGNED) is False
    ]
    candidates = compare.ours(answerer, cases, handle_impossible_answer=False)
    or_none = [c for c in cases if c["call"].get("handle_impossible_answer")]
    with_nothing = iter(compare.ours(answerer, or_none, top_k=10_000))
    assert len(cases) > 300
    assert len(or_none) > 25
    for case, mine in zip(cases, candidates, strict=True):
        wanted = compare.merged(compare.as_list(mine))
        if case in or_none:
            wanted += [a for a in next(with_nothing) if a["answer"] == ""]
            wanted.sort(key=lambda answer: -answer["score"])
        wanted = wanted[: case["call"].get("top_k", 1)]
        old = [a for a in compare.as_list(case["old"]) if a["answer"] or a["score"]]
        assert [compare.place(a) for a in old] == [compare.place(a) for a in wanted]
        for one, other in zip(old, wanted, strict=True):
            assert one["score"] == pytest.approx(other["score"], abs=CLOSE)


def rows(answerer, pairs):
    """The rows of the stored page for those of the cases that differ."""
    apart = [pair for pair in pairs if not compare.agrees(pair)]
    return [compare.disagreement(*p, compare.cause(answerer, p[0])) for p in apart]


@pytest.fixture(scope="module")
def pairs(answerer, fixture):
    """Each case of one window with our best answer."""
    return compare.best_pairs(answerer, fixture["one_window"])


def test_the_page_has_what_differs_in_one_window(answerer, fixture, pairs):
    assert set(rows(answerer, pairs)) <= set(PAGE)
    assert fixture["weights_sha256"] in "".join(PAGE[:6])
    words = compare.aligned(pairs, to_words=True)
    same = sum(map(compare.agrees, words))
    [row] = [r for r in PAGE if r.startswith("| one window, words |")]
    assert f"| {len(words)} | {same} (" in row


def test_the_benchmarks_tell_what_the_page_has():
    readme = Path(__file__).parents[2] / "benchmarks" / "README.md"
    lines = readme.read_text("utf-8").splitlines()
    [begin] = [i for i, line in enumerate(lines) if line.startswith("| contexts | ")]
    table = lines[begin : lines.index("", begin)]
    assert len(table) == 8
    assert [line for line in table if line not in PAGE] == []


def agreement(pairs, surer_than=0.0):
    """The share of equal places, among our answers of at least that score."""
    same = [compare.agrees(pair) for pair in pairs if pair[1]["score"] >= surer_than]
    return sum(same) / len(same)


def test_whole_words_of_one_window_agree(pairs):
    words = [pair for pair in pairs if pair[0]["call"].get(compare.ALIGNED, True)]
    assert len(words) > 300
    assert agreement(words) >= 0.98


def test_of_several_windows_one_has_the_answer(answerer, fixture):
    cases = fixture["in_prose"]
    assert len(cases) == 200
    least = 0.95 if NIGHTLY else 0.9  # a part of them may have more of the hard ones
    by_length = sorted(cases, key=lambda case: len(case["call"]["context"]))
    some = cases if NIGHTLY else [*by_length[:54:3], *by_length[-2:]]
    assert agreement(compare.best_pairs(answerer, some)) >= least


@pytest.mark.skipif(not NIGHTLY, reason="takes ten minutes; set COMPANION_NIGHTLY=1")
def test_where_every_window_has_an_answer_they_part(answerer, fixture):
    """The old one takes the best of windows that were each normalised alone.

    See `benchmarks/README.md` for what comes of it, and the stored page for the cases.
    """
    cases = fixture["several_windows"]
    assert len(cases) > 250
    pairs = compare.best_pairs(answerer, cases)
    assert set(rows(answerer, pairs)) <= set(PAGE)
    assert 0.5 < agreement(pairs) < agreement(pairs, 0.3)


def test_the_benchmarks_have_the_stored_figures_of_long_texts():
    readme = Path(__file__).parents[2] / "benchmarks" / "README.md"
    lines = readme.read_text("utf-8").splitlines()
    stored = measured.results("long_texts")
    assert [row for row in long_texts.table(stored) if row not in lines] == []


def test_on_long_texts_ours_is_at_least_as_often_right():
    stored = measured.results("long_texts")
    assert stored["questions"] >= 300
    assert list(stored["words"]) == ["400", "1000", "3000"]
    for row in stored["words"].values():
        assert all(row["ours"][name] >= row["old"][name] for name in ("EM", "F1"))
