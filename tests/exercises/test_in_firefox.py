"""The page's verdict in a second engine: with other numbers and patterns."""

import pytest
from typed_answers import asked_by_kind, companion_verdict

from companion import exercises
from tools.sphinx_ext.answers.bundle import joined
from tools.sphinx_ext.answers.keys import sealed

pytestmark = pytest.mark.slow


def test_firefox_judges_as_the_companion_does(firefox):
    keys = {name: getattr(exercises, name).key() for name in exercises.__all__}
    asked = [one for _, some in asked_by_kind(keys, 300) for one in some]
    seals = {name: sealed(name, key) for name, key in keys.items()}
    script = joined(("typed", "verdicts", "sealed"))
    verdicts = firefox.evaluate(
        f"(all, seals) => {{ {script}\n return all.map(([name, typed]) => "
        "verdict(unsealed(name, seals[name]), typed)) }",
        asked,
        seals,
    )
    assert verdicts == [companion_verdict(keys[name], text) for name, text in asked]
