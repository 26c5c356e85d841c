"""The page's verdict in a second engine: with other numbers and patterns."""

import json

import pytest
from firefox import reported
from typed_answers import asked_by_kind, companion_verdict

from companion import exercises
from tools.sphinx_ext.answers.bundle import joined
from tools.sphinx_ext.answers.keys import sealed

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><meta charset="utf-8"><title>Judge</title><script>
{script}
const all = {asked}.map(([name, key, typed]) => verdict(unsealed(name, key), typed));
fetch("/report", {{ method: "POST", body: JSON.stringify(all) }});
</script>"""


def test_firefox_judges_as_the_companion_does(tmp_path):
    keys = {name: getattr(exercises, name).key() for name in exercises.__all__}
    asked = [one for _, some in asked_by_kind(keys, 300) for one in some]
    seals = {name: sealed(name, key) for name, key in keys.items()}
    questions = json.dumps([(name, seals[name], text) for name, text in asked])
    script = joined(("typed", "verdicts", "sealed"))
    page = PAGE.format(script=script, asked=questions.replace("<", "\\u003c"))
    (tmp_path / "index.html").write_text(page, "utf-8")
    profile = tmp_path / "profile"
    profile.mkdir()
    verdicts = reported(tmp_path, "index.html", profile)
    assert verdicts == [companion_verdict(keys[name], text) for name, text in asked]
