"""Pages with panels, as the built book has them; and what is asked on them."""

import contextlib
import itertools
import json
import random
from html import escape

import numpy
from chromium import watch

from companion import running
from oracle import cases, chronicle
from tools.sphinx_ext import live

FRAME = """<!doctype html><html lang="en">
<head><meta charset="utf-8"><title>Live</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="_static/live/live.css">
<script defer src="_static/live/page.js"></script></head>
<body><main><h1>Live</h1>{}</main></body></html>"""


def root(kind, question=running.QUESTION, text=running.CONTEXT, hide="1"):
    guess = kind == "guess"
    shown = live.guessed(text, hide) if guess else live.example(question, text)
    return (
        f'<section><div class="live" data-shows="{kind}" '
        f'data-question="{escape(question)}" data-text="{escape(text)}"'
        f"{f' data-hide={hide}' * guess}><p>Try.</p>{shown}</div></section>"
    )


CLOSE = 1e-4
SCRIPTS = [
    "abcdefghij ABC .,;'\"-()[] 0123456789\t\n",
    "éüßøñçœæ áàâäã e\u0301o\u0308 ",
    "абвгдежзийклмнопрст Ж ",
    "αβγδεζηθικλμν Ω ",
    "אבגדהוזחט ",
    "ابتثجحخدذرز ",
    "अआइईउऊ कखगघ ि ",
    "กขคงจฉชซ ะา ",
    "她住在北京人東大阪 。,",
    "かきくけこ カキクケコ ー ",
    "가나다라마바사 ",
    "🍕👩\u200d👧🇫🇷❤\ufe0f €£™ \u2028\u00ad\u200b\ufeff\u00a0",
]
PIECES = ["[SEP]", "[MASK]", "[CLS]", "[sep]", "Foo", "##oo", "[", "x" * 101, "didn't"]

TOKENIZE = """async (texts) => {
  const found = [];
  for (const text of texts) {
    const { ids, spans, words } =
      await insideBertModel.ask("tokenize", text, "", undefined, undefined);
    found.push([ids, spans, words]);
  }
  return found;
}"""
ANSWER = """async (asked) => {
  const found = [];
  for (const [question, context] of asked) {
    const { answers, noAnswer, windows } =
      await insideBertModel.ask("answer", question, context, { count: 3 });
    found.push({ answers, noAnswer, windows });
  }
  return found;
}"""
GUESS = """([text, count]) =>
  insideBertModel.ask("guess", "", text, { count })"""
MASKED = [
    "My name is Foo, and I [MASK] in London.",
    "[MASK] [MASK], [MASK]",
    "The doctor said that [MASK] was late. " * 6,
]


@contextlib.contextmanager
def opened(browser, site, before=""):
    """The page in `site`, opened from a file: no error, no request elsewhere may come.

    `before`: a script that runs before the page's own.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = watch(page, site.as_uri())
    try:
        page.add_init_script(before)
        page.goto((site / "index.html").as_uri())
        yield page
    finally:
        page.close()  # even a page that failed would go on computing
    assert problems == []


def computed(page, function, argument):
    """What a function gives in a page of Chromium, as one text: values take long."""
    as_text = f"async (given) => JSON.stringify(await ({function})(given))"
    return json.loads(page.evaluate(as_text, argument))


def in_utf_16(text, offsets):
    """Characters as JavaScript counts them."""
    points = numpy.frombuffer(text.encode("utf-32-le"), "<u4")
    places = numpy.cumsum(numpy.append(0, 1 + (points > 0xFFFF)))
    return places[numpy.array(offsets, int).reshape(-1, 2)].tolist()


def the_librarys(tokenizer, texts):
    encoded = tokenizer(
        texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False
    )
    return [
        [ids, in_utf_16(text, offsets), encoded.word_ids(i)]
        for i, (text, ids, offsets) in enumerate(
            zip(texts, encoded["input_ids"], encoded["offset_mapping"], strict=True)
        )
    ]


def texts_of_ten_scripts(count):
    rng = random.Random(17)
    letters = [*"".join(SCRIPTS), *PIECES]
    for _ in range(count):
        some = [*rng.choice(SCRIPTS), *rng.choice(SCRIPTS), *rng.choices(letters, k=9)]
        yield "".join(rng.choices(some, k=rng.randint(1, 30)))


def questions():
    """Strange texts, prose, and texts of two windows and of four."""
    every = itertools.product(cases.QUESTIONS, cases.CONTEXTS)
    yield from itertools.islice(every, 0, None, 5)  # each question, and each text
    rng = random.Random(3)
    for words in [*[rng.randint(30, 200) for _ in range(8)], 300, 700]:
        text, [(question, _)] = chronicle.text_and_questions(rng, words, 1)
        yield question, text
