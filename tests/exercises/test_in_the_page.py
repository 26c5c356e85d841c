"""The page's verdict is the companion's, on many answers, typed as people type them."""

import collections

import pytest
from typed_answers import OF_EACH_KIND, asked_by_kind, companion_verdict

from companion import exercises
from companion.exercises.verdicts import Number
from tools.sphinx_ext.answers.bundle import joined
from tools.sphinx_ext.answers.keys import sealed

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def keys():
    return {name: getattr(exercises, name).key() for name in exercises.__all__}


@pytest.fixture(scope="module")
def judged(browser):
    """A function that asks the page's script: names and seals, and what was typed."""
    page = browser.new_page()
    script = joined(("typed", "verdicts", "sealed"))
    ask = f"(all) => {{ {script}\n return all.map(([name, key, typed]) => "
    yield lambda all_: page.evaluate(
        ask + "verdict(unsealed(name, key), typed)) }", all_
    )
    page.close()


def test_the_page_judges_as_the_companion_does(keys, judged):
    kinds = dict(asked_by_kind(keys, OF_EACH_KIND))
    assert set(kinds) == {"Number", "Items", "Truth"}
    for asked in kinds.values():
        ours = [companion_verdict(keys[name], text) for name, text in asked]
        theirs = judged([(n, sealed(n, keys[n]), text) for n, text in asked])
        differ = [
            (*question, one, other)
            for question, one, other in zip(asked, ours, theirs, strict=True)
            if one != other
        ]
        assert differ == []
        counts = collections.Counter(verdict.partition(" ")[0] for verdict in ours)
        assert len(ours) >= OF_EACH_KIND
        assert min(counts["right"], counts["Not"]) > 100, counts  # both were tried


def test_each_hint_is_given_in_the_page_too(keys, judged):
    for name, key in keys.items():
        if isinstance(key, Number):
            asked = [(repr(float(wrong)), hint) for wrong, hint in key.hints.items()]
            verdicts = judged([(name, sealed(name, key), text) for text, _ in asked])
            for verdict, (text, _) in zip(verdicts, asked, strict=True):
                assert verdict == key.verdict(text)


def test_no_answer_can_be_read_in_the_seal(keys):
    for name, key in keys.items():
        text = sealed(name, key)
        assert key.otherwise not in text
        assert str(key.wanted) not in text or len(str(key.wanted)) < 4
