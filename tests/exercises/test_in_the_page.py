"""The page's verdict is the companion's, on many answers, typed as people type them."""

import collections
import random

import pytest

from companion import exercises
from companion.exercises.verdicts import Number
from tools.sphinx_ext.answers.bundle import joined
from tools.sphinx_ext.answers.keys import sealed

pytestmark = pytest.mark.slow

OF_EACH_KIND = 1000
NONSENSE = [
    *("", " ", "...", "…", "four", "1/0", "sqrt(-1)", "nan", "1e999", "<b>x</b>")
]
NONSENSE += [*("9**9**9", "(2", "2)", "1,2,3", "ja", "`x`", "__proto__", "constructor")]
NONSENSE += [
    "49381/4",
    "49383/4",
    "x" * 99,
    "\N{ROBOT FACE}" * 70,
    "(" * 200,
    "İ",
    "1\u00a0024",
    "\ufeff3",
]


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


def values_near(key, random):
    """The right answer, the known wrong ones, their edges, and others."""
    wrong = [*key.hints] if isinstance(key, Number) else [w for w, _ in key.hints]
    near = random.choice([*[key.wanted] * 4, *wrong])
    if isinstance(key, Number):
        edges = [
            1,
            1,
            1,
            1,
            1 + 1e-4,
            1 - 1e-4,
            1 + 9.9e-5,
            1 + 1.01e-4,
            -1,
            2,
            10,
            0.1,
        ]
        return near * random.choice(edges) + random.choice([0] * 9 + [1, 0.25])
    near = list(near)
    if random.random() < 0.3:
        near[random.randrange(len(near))] = random.choice([0, 1, 7.5, 10**15, "##x"])
    return near


def spelled(value, random):
    """A number as someone types it."""
    digits = random.choice([repr, "{:.4g}".format, "{:.6g}".format, "{:.2f}".format])
    ways = [
        digits,
        lambda v: f"{v:,}",
        lambda v: f"{v:,.2f}".replace(",", " "),
        lambda v: f"{v:,.3f}".translate(str.maketrans(",.", ".,")),
        lambda v: digits(v).replace(".", ","),
        lambda v: digits(v).replace("-", "−"),
        lambda v: f"  {digits(v)}\u202f",
        lambda v: f"{3 * v!r}/3",
        lambda v: f"{round(v * 7)} / 7",
        lambda v: f"{v / 2!r} × 2",
        lambda v: f"sqrt({v * v!r})",
        lambda v: f"{v - 1!r}+1",
        lambda v: f"2**3 * ({v / 8:.9f})",
        lambda v: f"{100 * v!r} %",
        lambda v: f"exp(ln({abs(v)!r}))",
    ]
    return random.choice(ways)(value)


def listed(items, random):
    between = random.choice([", ", ",", " ", "; ", ",  "])
    quote = random.choice(["", "", "'", '"', "`"])
    text = between.join(f"{quote}{item}{quote}" for item in items)
    return random.choice(["{}", "[{}]", "({})", " {} "]).format(text)


def typed_answers(key, random):
    """Answers without end, one in ten of them nonsense."""
    while True:
        if random.random() < 0.1:
            yield random.choice(NONSENSE)
        elif isinstance(key, Number):
            yield spelled(float(values_near(key, random)), random)
        elif isinstance(key, exercises.verdicts.Items):
            items = values_near(key, random)
            joined_up = "".join(map(str, items))
            yield joined_up if random.random() < 0.1 else listed(items, random)
        else:
            word = random.choice([*exercises.typed.TRUTHS, "maybe", "0", "truee"])
            ways = [str.title, str.upper, str, "{}.".format, " {} ".format]
            yield random.choice(ways)(word)


def test_the_page_judges_as_the_companion_does(keys, judged):
    kinds = collections.defaultdict(list)
    for name, key in keys.items():
        kinds[type(key).__name__].append(name)
    assert set(kinds) == {"Number", "Items", "Truth"}
    chance = random.Random(0)
    for names in kinds.values():
        streams = {name: typed_answers(keys[name], chance) for name in names}
        each = -(-OF_EACH_KIND // len(names))
        asked = [(name, next(streams[name])) for name in names for _ in range(each)]
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


def companion_verdict(key, text):
    if exercises.typed.is_missing(text):
        return exercises.verdicts.NOT_ANSWERED
    return key.verdict(text)


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
