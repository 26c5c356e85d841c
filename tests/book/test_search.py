"""The search page puts the right page first, and shows why, served or from a file."""

import re

import pytest
from axe import MODERATE
from chromium import barriers, served, watch

pytestmark = pytest.mark.slow

# What a reader would type, and which page answers it.
TERMS = {
    "attention": "04_attention",
    "self-attention": "04_attention",
    "multi-head attention": "04_attention",
    "query": "04_attention",
    "attention weights": "04_attention",
    "architecture": "01_architecture",
    "parameters": "01_architecture",
    "softmax": "01_architecture",
    "token": "02_tokens",
    "tokens": "02_tokens",
    "tokenizer": "02_tokens",
    "tokenization": "02_tokens",
    "subword": "02_tokens",
    "wordpiece": "02_tokens",
    "vocabulary": "02_tokens",
    "embedding": "03_embeddings",
    "embeddings": "03_embeddings",
    "positional encoding": "03_embeddings",
    "layernorm": "03_embeddings",
    "encoder": "05_encoder",
    "residual connection": "05_encoder",
    "feed-forward": "05_encoder",
    "gelu": "05_encoder",
    "MLP": "05_encoder",
    "transformer block": "05_encoder",
    "qa head": "06_qa_head",
    "span": "06_qa_head",
    "cross entropy": "06_qa_head",
    "pipeline": "07_qa_pipeline",
    "no answer": "06_qa_head",
    "calibration": "07_qa_pipeline",
    "stride": "07_qa_pipeline",
    "pretraining": "08_pretraining",
    "masked language model": "08_pretraining",
    "gradient": "08_pretraining",
    "backpropagation": "08_pretraining",
    "fine-tuning": "09_fine_tuning",
    "learning rate": "09_fine_tuning",
    "distillation": "09_fine_tuning",
    "F1": "09_fine_tuning",
    "heads": "10_heads",
    "interpretability": "10_heads",
    "integrated gradients": "10_heads",
    "rollout": "10_heads",
    "chat models": "chat_models",
}


@pytest.fixture(scope="module")
def search(book, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    problems = watch(page, book.as_uri())
    page.goto((book / "search.html").as_uri())
    yield page
    page.close()
    assert problems == []


def typed(page, words):
    page.locator(".bd-search-container input").fill(words)
    links = page.locator("#found-pages h2 a")
    return [link.get_attribute("href") for link in links.all()]


def test_there_are_forty_terms():
    assert len(TERMS) >= 40


@pytest.mark.parametrize("term", TERMS)
def test_the_right_page_is_first(search, term):
    first, *_ = typed(search, term)
    assert first == f"notebooks/{TERMS[term]}.html"


def test_an_excerpt_is_about_the_query_and_not_the_pages_furniture(search):
    typed(search, "value-weighted norm")
    excerpts = search.locator(".search-excerpt").all_inner_texts()
    assert "how much a token gets from another" in " ".join(excerpts)
    assert not [text for text in excerpts if "Contents" in text or ".pdf" in text]
    marked = search.locator(".search-excerpt mark").all_inner_texts()
    assert {"norm"} <= {re.sub(r"\W", "", word).lower() for word in marked}


def test_what_one_can_do_on_a_page_is_not_what_it_says(search):
    texts = search.evaluate(TEXTS)
    assert len(texts) > 200
    for words in BESIDE:
        assert [text for text in texts if words in text] == [], words


BESIDE = ["This page checks", "Your answer (", "not answered yet", "Show a solution"]
TEXTS = """() => searchTexts.filter((page) => page.link.startsWith("notebooks/"))
  .flatMap((page) => page.parts).map(([anchor, kind, title, text]) => text)"""


def test_each_result_leads_to_a_place_in_the_book(search, book):
    typed(search, "attention")
    links = search.locator("#found-pages a")
    assert links.count() > 20
    for link in links.all():
        path, _, anchor = link.get_attribute("href").partition("#")
        assert not anchor or f'id="{anchor}"' in (book / path).read_text("utf-8")


def test_what_is_nowhere_is_not_found(search):
    assert typed(search, "zeppelin") == []
    assert search.get_by_role("status").inner_text() == "No pages found."


def test_a_function_is_found_by_its_name(search):
    typed(search, "integrated_gradients")
    parts = search.locator(".search-part").all_inner_texts()
    name = "companion.heads.attribution.integrated_gradients (function)"
    assert name in parts


def test_one_can_search_from_any_page_by_keyboard(book, browser):
    with served(book) as base:
        page = browser.new_page(viewport={"width": 390, "height": 800})
        problems = watch(page, base)
        page.goto(f"{base}/notebooks/02_tokens.html")
        page.keyboard.press("Control+k")
        page.keyboard.type("what is a vocabulary")
        page.keyboard.press("Enter")
        page.wait_for_url("**/search.html?q=what+is+a+vocabulary")
        page.locator("#found-pages h2").first.wait_for()
        assert barriers(page, impacts=MODERATE) == []
        page.locator("#found-pages a").first.click()
        page.wait_for_url("**/notebooks/02_tokens.html*")
        marked = page.locator("article .highlighted")
        marked.first.wait_for(state="attached")
        assert {word.lower() for word in marked.all_text_contents()} == {"vocabulary"}
        assert problems == []
        page.close()
