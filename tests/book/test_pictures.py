"""Pictures in built pages: large at a click, as wide as a phone, dark in the dark."""

from pathlib import Path

import nbformat
import pytest
from chromium import barriers, watch

pytestmark = pytest.mark.slow

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CHAPTER = "notebooks/07_qa_pipeline.html"
FIGURE = "#qa-pipeline-flow"


@pytest.fixture(params=[(1280, 900), (390, 780)], ids=["wide", "phone"])
def page(book, browser, request):
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=width < 600
    )
    page = context.new_page()
    page.problems = watch(page, book.as_uri())
    page.goto((book / CHAPTER).as_uri())
    page.width = width
    yield page
    assert page.problems == []
    context.close()


def middle(page, what):
    """The point in the middle of an element, once it is on the screen."""
    page.locator(what).scroll_into_view_if_needed()
    box = page.locator(what).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 100)


def test_a_click_or_a_tap_makes_a_picture_large_and_escape_closes_it(page):
    [small] = page.locator(f"{FIGURE} img").all()
    width = small.bounding_box()["width"]
    point = middle(page, f"{FIGURE} img")
    (page.touchscreen.tap if page.width < 600 else page.mouse.click)(*point)
    dialog = page.get_by_role("dialog", name="Figure 7.1")
    large = dialog.get_by_role("img")
    assert large.bounding_box()["width"] > 1.5 * width
    assert large.get_attribute("alt").startswith("Nine numbered boxes")
    assert barriers(page) == []
    page.keyboard.press("Escape")
    assert page.get_by_role("dialog").count() == 0
    assert page.evaluate("document.activeElement.matches('a.image-reference')")


def test_by_keyboard_and_by_its_button(page):
    page.locator(f"{FIGURE} a.image-reference").focus()
    page.keyboard.press("Enter")
    close = page.get_by_role("dialog").get_by_role("button", name="Close")
    assert close.evaluate("(button) => button === document.activeElement")
    assert min(close.bounding_box()[side] for side in ("width", "height")) >= 44
    close.click()
    assert page.get_by_role("dialog").count() == 0


def test_on_a_phone_a_large_picture_can_be_moved(page):
    if page.width > 600:
        pytest.skip("it fits")
    page.locator(f"{FIGURE} a.image-reference").click()
    moved = "(box) => { box.scrollTo(9999, 0); return box.scrollLeft }"
    assert page.locator(".enlarged-picture").evaluate(moved) > 200
    assert page.evaluate("document.documentElement.scrollWidth") == page.width


def test_code_that_only_draws_is_folded_below_its_picture(page):
    fold = page.locator(f".cell:has({FIGURE}) > details.drawn-by")
    assert not fold.locator("pre").is_visible()
    picture = page.locator(f"{FIGURE} img").bounding_box()
    assert fold.bounding_box()["y"] > picture["y"] + picture["height"]
    fold.locator("summary").click()
    assert "pipeline_flow" in fold.locator("pre").inner_text()


SHOWN = """() => [...document.querySelectorAll(".cell_output figure img")].map(
  (img) => [img.getBoundingClientRect().width, img.naturalWidth])"""


def test_on_a_phone_pictures_are_as_wide_as_their_letters_need(page):
    """`tests/figures/test_figures.py` counts on this width."""
    shown = page.evaluate(SHOWN)
    assert shown
    wanted = 366 if page.width < 600 else 500
    assert all(width >= min(wanted, natural / 2) for width, natural in shown)


def test_in_the_dark_a_picture_is_no_white_card(book, browser):
    page = browser.new_page(color_scheme="dark")
    page.goto((book / CHAPTER).as_uri())
    look = page.locator(f"{FIGURE} img").evaluate(
        "(img) => [getComputedStyle(img).backgroundColor, getComputedStyle(img).filter]"
    )
    assert look == ["rgba(0, 0, 0, 0)", "invert(0.9) hue-rotate(180deg)"]
    page.close()


def test_a_listing_is_coloured_as_python(book):
    html = (book / "notebooks" / "06_qa_head.html").read_text("utf-8")
    listing = html.split("listing</span><span")[1].split("</details>")[0]
    assert '<span class="k">def</span>' in listing


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_in_a_dark_jupyterlab_a_figure_has_a_light_ground(path):
    """It is transparent with dark letters; Lab reads this and lays white below it."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert all(f.metadata.get("needs_background") == "light" for f in figures)
