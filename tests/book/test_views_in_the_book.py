"""The views on the book's own pages, on paper, and without scripts."""

import pytest
from chromium import watch

from .paper import texts

pytestmark = pytest.mark.slow

CHAPTER = "notebooks/10_heads.html"
HEAD, MODEL, NEURON, SLIDER = range(4)


@pytest.fixture
def opened(book, browser):
    """Open the chapter with the views; afterwards nothing went wrong."""
    contexts, problems = [], []

    def open_(fragment="", **options):
        options = {"viewport": {"width": 1280, "height": 700}, **options}
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        address = (book / CHAPTER).as_uri()
        problems.append(watch(page, "file://"))
        page.goto(address + fragment)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not any(problems), problems


def views_of(page):
    return page.locator(".attention-view").all()


def test_a_view_opens_on_what_the_text_beside_it_says(opened):
    page, said = opened(), []
    for view in views_of(page):
        view.scroll_into_view_if_needed()
        said.append(view.locator(".status").inner_text())
    head, model, neuron, _ = said
    assert head.startswith("Who reads, head 0: ##oo 0.5")
    assert model.startswith("Layer 0, head 2: the strongest line")
    assert neuron.startswith("##oo reads, head 2: F 1.00")


def test_a_view_has_a_number_and_a_caption(opened):
    page = opened()
    captions = page.locator("figure:has(.attention-view) figcaption").all_inner_texts()
    assert len(captions) == 4
    assert all(caption.startswith("Figure 10.") for caption in captions)


def test_controls_stay_below_the_bar_of_the_page(opened):
    page = opened()
    for number in (MODEL, NEURON, SLIDER):
        view = views_of(page)[number]
        view.evaluate("(view) => { view.scrollIntoView(); scrollBy(0, 250); }")
        bar = page.locator(".bd-header-article").bounding_box()
        status = view.locator(".status").bounding_box()
        top, end = bar["y"] + bar["height"], view.locator(".bar").bounding_box()
        assert top - 1 <= end["y"] < status["y"] < top + 150


def test_a_link_leads_to_the_view_in_its_state(opened):
    view = views_of(opened())[MODEL]
    page = opened(f"#{view.get_attribute('id')}--layer-3--head-4")
    view = views_of(page)[MODEL]
    view.locator(".status", has_text="Layer 3, head 4: ").wait_for()
    assert 0 < view.bounding_box()["y"] < 300


def test_without_scripts_there_is_a_still_picture_and_no_empty_room(opened):
    page = opened(java_script_enabled=False)
    for view in views_of(page):
        picture = view.locator("svg").bounding_box()
        whole = view.bounding_box()
        assert picture["height"] > 150
        assert whole["height"] < picture["height"] + 80
        assert "still picture" in view.inner_text()


def test_paper_shows_every_view_whichever_was_on_the_screen(opened):
    """Printed from the top of the page, in the dark, with nothing scrolled to."""
    page = opened(color_scheme="dark")
    page.wait_for_timeout(3000)
    text = " ".join(" ".join(texts(page.pdf(format="A4"))).split())
    for words in (
        "Layer 5. Who reads, head 0: ##oo",
        "Layer 0, head 2: the strongest line",
        "query of ##oo",
        "Embeddings: the plane shows",
    ):
        assert words in text
    for words in ("Save as SVG", "Copy a link", "still picture"):
        assert words not in text
