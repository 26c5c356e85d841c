"""The browser computes what the companion does: tokens, every intermediate, answers."""

import itertools
import random
import re

import pytest

from oracle import cases, chronicle

pytestmark = pytest.mark.slow

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

# The worker's script comes as a Blob; it gets a first line by which nothing compiles.
WITHOUT_VECTORS = """
const Whole = Blob;
const refuse = "WebAssembly.instantiate = () => Promise.reject(new Error('none'));";
window.Blob = class extends Whole {
  constructor(parts, options) {
    super(options?.type === "text/javascript" ? [refuse, ...parts] : parts, options);
  }
};"""
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
    found.push({ answers, noAnswer, windows: windows.length });
  }
  return found;
}"""


def in_utf_16(text, offsets):
    """Characters as JavaScript counts them."""
    places, at = [0], 0
    for character in text:
        at += 1 + (ord(character) > 0xFFFF)
        places.append(at)
    return [[places[first], places[end]] for first, end in offsets]


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


def every_character(size=64):
    points = [p for p in range(0x110000) if not 0xD800 <= p <= 0xDFFF]
    asked = [
        p for p in points if p < 0x34000 or 0xE0000 <= p < 0xE1000 or p % 9973 == 0
    ]
    for i in range(0, len(asked), size):
        yield " ".join(f"a{chr(point)}b {chr(point)}" for point in asked[i : i + size])


@pytest.mark.parametrize(
    "texts",
    [lambda: texts_of_ten_scripts(20_000), every_character],
    ids=["ten scripts", "every character"],
)
def test_pieces_and_places_are_the_fast_tokenizers(page, cased, texts):
    texts = list(texts())
    for i in range(0, len(texts), 2000):
        some = texts[i : i + 2000]
        theirs = the_librarys(cased, some)
        for text, mine, wanted in zip(
            some, page.evaluate(TOKENIZE, some), theirs, strict=True
        ):
            assert mine[:2] == wanted[:2], ascii(text)
            assert grouped(mine[2]) == grouped(wanted[2]), ascii(text)


def grouped(words):
    """Which neighbours belong to one word, whatever the words are called."""
    return [a == b for a, b in itertools.pairwise(words)]


def test_every_intermediate_is_the_companions(page):
    panel = page.locator('[data-shows="proof"]')
    panel.locator("button[type=submit]").click()
    rows = panel.locator(".live-result tbody tr")
    rows.first.wait_for(timeout=120_000)
    cells = [row.locator("td").all_inner_texts() for row in rows.all()]
    differences = {name: float(difference) for name, _, difference in cells}
    assert len(differences) == 5 + 6 * 9 + 2
    assert {"embeddings.words", "layer.5.inner", "logits.ends"} <= differences.keys()
    assert max(differences.values()) < CLOSE
    assert max(differences.values()) > 0
    said = panel.locator(".live-answer").inner_text()
    assert re.search(r"264,020 numbers is below 0\.0001\.", said), said


def questions():
    """Strange texts, prose, and texts of several windows."""
    for question in cases.QUESTIONS:
        for context in cases.CONTEXTS:
            yield question, context
    rng = random.Random(3)
    for words in [*[rng.randint(30, 200) for _ in range(50)], 500, 900, 1500]:
        text, asked = chronicle.text_and_questions(rng, words, 2)
        for question, _ in asked:
            yield question, text


@pytest.mark.parametrize("vectors", [True, False], ids=["fast", "plain"])
def test_answers_places_and_scores_are_the_companions(
    browser, site, rounded_answerer, vectors
):
    page = browser.new_page()
    if not vectors:  # the same as in a browser without them
        page.add_init_script(WITHOUT_VECTORS)
    page.goto((site / "index.html").as_uri())
    asked = list(questions()) if vectors else list(questions())[::12]
    found = page.evaluate(ANSWER, [list(pair) for pair in asked])
    page.close()
    several = 0
    for (question, context), mine in zip(asked, found, strict=True):
        theirs = rounded_answerer(question, context, top_k=3)
        wanted = [
            {
                **answer,
                "span": in_utf_16(context, [(answer["start"], answer["end"])])[0],
            }
            for answer in theirs
        ]
        for ours, answer in zip(mine["answers"], wanted, strict=True):
            assert ours["score"] == pytest.approx(answer["score"], abs=CLOSE)
        first, second = [*(a["score"] for a in wanted), 0][:2]
        if first - second > CLOSE:  # otherwise either may come first
            best = mine["answers"][0]
            assert [best["start"], best["end"]] == wanted[0]["span"], question
            assert best["answer"] == wanted[0]["answer"]
        several += mine["windows"] > 1
    assert several or not vectors


def test_no_answer_has_the_companions_score(page, rounded_answerer):
    asked = [
        ["What did it cost?", "Clara left Bergen in 1898."],
        ["Who?", "My name is Foo"],
    ]
    for (question, context), mine in zip(
        asked, page.evaluate(ANSWER, asked), strict=True
    ):
        every = rounded_answerer(
            question, context, top_k=100, handle_impossible_answer=True
        )
        [none] = [answer for answer in every if not answer["answer"]]
        assert mine["noAnswer"] == pytest.approx(none["score"], abs=CLOSE)
    assert none["score"] < 0.1
