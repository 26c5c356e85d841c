"""Answers to the exercises, typed as people type them, and the companion's verdicts."""

import random

from companion import exercises
from companion.exercises.verdicts import Number

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


def values_near(key, random):
    """The right answer, the known wrong ones, both sides of their edges, and others.

    Not the edges themselves: an engine's `exp` may differ in its last digit.
    """
    wrong = [*key.hints] if isinstance(key, Number) else [w for w, _ in key.hints]
    near = random.choice([*[key.wanted] * 4, *wrong])
    if isinstance(key, Number):
        sides = [9.999e-5, 1.0001e-4, 4.9999e-4, 5.0001e-4]
        edges = [1 + side * sign for side in sides for sign in (1, -1)]
        factors = [*[1] * 4, *edges, -1, 2, 10, 0.1]
        return near * random.choice(factors) + random.choice([0] * 9 + [1, 0.25])
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


def companion_verdict(key, text):
    if exercises.typed.is_missing(text):
        return exercises.verdicts.NOT_ANSWERED
    return key.verdict(text)


def asked_by_kind(keys, count):
    """For each kind of key, `count` or more pairs: a check's name, a typed answer."""
    kinds = {}
    for name, key in keys.items():
        kinds.setdefault(type(key).__name__, []).append(name)
    chance = random.Random(0)
    for kind, names in kinds.items():
        streams = {name: typed_answers(keys[name], chance) for name in names}
        each = -(-count // len(names))
        yield kind, [(name, next(streams[name])) for name in names for _ in range(each)]
