"""The browser computes what the companion does: tokens, every intermediate, answers."""

import itertools
import re
from dataclasses import asdict

import pytest
from live_pages import (
    ANSWER,
    CLOSE,
    GUESS,
    MASKED,
    TOKENIZE,
    computed,
    in_utf_16,
    opened,
    questions,
    texts_of_ten_scripts,
    the_librarys,
)

from companion.pretraining import guesses
from tools.sphinx_ext import live

pytestmark = pytest.mark.slow

# The worker's script comes as a Blob; it gets a first line by which nothing compiles.
WITHOUT_VECTORS = """
const Whole = Blob;
const refuse = "WebAssembly.instantiate = () => Promise.reject(new Error('none'));";
window.Blob = class extends Whole {
  constructor(parts, options) {
    super(options?.type === "text/javascript" ? [refuse, ...parts] : parts, options);
  }
};"""


@pytest.fixture(scope="module")
def page(browser, site):
    """The page, once: what a test asks of the model depends on nothing before."""
    with opened(browser, site) as page:
        yield page


@pytest.fixture(scope="module")
def plain(browser, site):
    """The same in a browser without vectors."""
    with opened(browser, site, before=WITHOUT_VECTORS) as page:
        yield page


def every_character(size=64):
    points = [p for p in range(0x110000) if not 0xD800 <= p <= 0xDFFF]
    asked = [
        p for p in points if p < 0x34000 or 0xE0000 <= p < 0xE1000 or p % 9973 == 0
    ]
    for i in range(0, len(asked), size):
        yield " ".join(f"a{chr(point)}b {chr(point)}" for point in asked[i : i + size])


@pytest.mark.parametrize(
    "texts",
    [lambda: texts_of_ten_scripts(6000), every_character],
    ids=["ten scripts", "every character"],
)
def test_pieces_and_places_are_the_fast_tokenizers(page, cased, texts):
    texts = list(texts())
    for i in range(0, len(texts), 2000):
        some = texts[i : i + 2000]
        theirs = the_librarys(cased, some)
        for text, mine, wanted in zip(
            some, computed(page, TOKENIZE, some), theirs, strict=True
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


@pytest.mark.parametrize(
    ("opened_as", "texts"),
    [("page", MASKED), ("plain", MASKED[:1])],
    ids=["fast", "plain"],
)
def test_every_probability_of_a_guess_is_the_companions(request, opened_as, texts):
    page = request.getfixturevalue(opened_as)
    tokenizer, model = live.guesser()
    pieces = len(tokenizer)
    for text in texts:
        found = computed(page, GUESS, [text, pieces])
        wanted = guesses(tokenizer, model, text, count=pieces)
        assert len(found["hidden"]) == len(wanted)
        for ours, theirs in zip(found["hidden"], wanted, strict=True):
            chances = {one["piece"]: one["chance"] for one in ours["guesses"]}
            assert len(chances) == pieces
            ratios = [chances[piece] / chance for piece, chance in theirs]
            assert 0.999 < min(ratios) <= max(ratios) < 1.001
            assert ours["guesses"][0]["piece"] == theirs[0][0]


@pytest.mark.parametrize(
    ("opened_as", "each"), [("page", 1), ("plain", 20)], ids=["fast", "plain"]
)
def test_answers_places_and_scores_are_the_companions(
    request, rounded_answerer, opened_as, each
):
    asked = list(questions())[::each]
    page = request.getfixturevalue(opened_as)
    found = computed(page, ANSWER, [list(pair) for pair in asked])
    columns = [list(column) for column in zip(*asked, strict=True)]
    every = rounded_answerer(*columns, top_k=3)
    tasks = list(rounded_answerer.tasks(*columns))
    for (question, context), mine, theirs, task in zip(
        asked, found, every, tasks, strict=True
    ):
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
        windows = [in_javascript(asdict(window)) for window in task.windows]
        assert mine["windows"] == windows
    assert len(tasks[-1].windows) > 3 or each > 1


def in_javascript(named):
    """The same values, named as JavaScript does it: `keep_from` is `keepFrom`."""
    return {
        re.sub("_(.)", lambda m: m[1].upper(), name): value
        for name, value in named.items()
    }


def test_no_answer_has_the_companions_score(page, rounded_answerer):
    asked = [
        ["What did it cost?", "Clara left Bergen in 1898."],
        ["Who?", "My name is Foo"],
    ]
    for (question, context), mine in zip(
        asked, computed(page, ANSWER, asked), strict=True
    ):
        every = rounded_answerer(
            question, context, top_k=100, handle_impossible_answer=True
        )
        [none] = [answer for answer in every if not answer["answer"]]
        assert mine["noAnswer"] == pytest.approx(none["score"], abs=CLOSE)
    assert none["score"] < 0.1
