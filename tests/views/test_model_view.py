"""The model view, touched: what is drawn small, what is enlarged, what fits."""

import re

import pytest
from touching import Opening, centre, draws, name_at, nth, of_kind, status

pytestmark = pytest.mark.slow

MODEL = 0
FOCUSED = "document.activeElement.getAttribute('aria-label')"


@pytest.fixture(scope="module")
def made(made):
    """The view of this kind."""
    return of_kind(made, "model")


def button(view, layer, head):
    return view.get_by_role("button", name=f"layer {layer}, head {head}", exact=True)


def places(view, layer, head, least):
    """Rows and columns of the lines that a small drawing has at a strength."""
    paths = button(view, layer, head).locator(f"path[data-least='{least}']")
    step = 40 / 10
    found = re.findall(
        r"M0 ([\d.]+)L40 ([\d.]+)",
        "".join(path.get_attribute("d") for path in paths.all()),
    )
    return {(int(float(y1) / step), int(float(y2) / step)) for y1, y2 in found}


def test_each_small_drawing_has_the_lines_of_its_head(opened, weights):
    view = nth(opened, MODEL)
    assert view.locator(".thumbnails button").count() == 36
    for layer, head in ((0, 2), (3, 11), (5, 0)):
        table = weights[layer, head]
        strong = {tuple(at) for at in (table >= 0.71).nonzero().tolist()}
        drawn = places(view, layer, head, 0.7)
        assert (
            strong <= drawn <= {tuple(at) for at in (table >= 0.69).nonzero().tolist()}
        )
        weak = places(view, layer, head, 0.15)
        assert all(0.14 < table[i, j] < 0.41 for i, j in weak)


def test_a_click_enlarges_and_a_second_closes(opened, weights):
    view = nth(opened, MODEL)
    opened.mouse.click(*centre(button(view, 3, 2)))
    assert view.locator(".detail strong").inner_text() == "Layer 3, head 2"
    assert status(view).startswith("Layer 3, head 2: the strongest line goes from")
    table = weights[3, 2]
    wanted = {(2, i, j): table[i, j].item() for i in range(10) for j in range(10)}
    assert draws(view, wanted)
    opened.mouse.move(*centre(name_at(view, "right", "[CLS]")))
    assert status(view).startswith("[CLS] is read most, head 2, by: ")
    opened.mouse.click(*centre(button(view, 3, 2)))
    assert view.locator(".detail").is_hidden()


def test_pointing_at_a_small_drawing_says_what_stands_out(opened, weights):
    view = nth(opened, MODEL)
    opened.mouse.move(*centre(button(view, 0, 2)))
    assert status(view).startswith("Layer 0, head 2: the strongest line goes from ")
    assert float(status(view).rstrip(".").rsplit(" ", 1)[1]) == pytest.approx(
        weights[0, 2].max().item(), abs=0.0054
    )
    opened.mouse.move(5, 5)
    assert status(view).startswith("Click or tap a head")
    button(view, 0, 0).focus()
    opened.keyboard.press("ArrowRight")
    assert status(view).startswith("Layer 0, head 1: ")


def test_arrows_lead_from_head_to_head(opened):
    view = nth(opened, MODEL)
    button(view, 0, 0).focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"):
        opened.keyboard.press(key)
    assert view.locator(".detail strong").inner_text() == "Layer 3, head 1"
    assert view.locator(".thumbnails [tabindex='0']").count() == 1
    view.get_by_role("button", name="Close").press("Enter")
    assert view.locator(".detail").is_hidden()
    assert opened.evaluate(FOCUSED) == "layer 3, head 1"
    opened.evaluate("addEventListener('keydown', (event) => { window.last = event; })")
    opened.keyboard.press("Alt+ArrowLeft")  # back, in the browser
    assert opened.evaluate(FOCUSED) == "layer 3, head 1"
    assert not opened.evaluate("window.last.defaultPrevented")


def test_a_column_of_the_book_holds_all_heads(browser, address):
    with Opening(browser, address, viewport={"width": 683, "height": 900}) as page:
        box = nth(page, MODEL).locator(".wide")
        assert box.evaluate("(box) => box.scrollWidth <= box.clientWidth")
        assert box.get_attribute("data-more") == "false"


def test_on_a_phone_names_stay_and_the_edge_fades(browser, address):
    options = {"viewport": {"width": 390, "height": 900}, "has_touch": True}
    with Opening(browser, address, **options) as page:
        view = nth(page, MODEL)
        view.scroll_into_view_if_needed()
        box, name = view.locator(".wide"), view.locator("th", has_text="layer 5")
        assert box.get_attribute("data-more") == "true"
        mask = "(box) => getComputedStyle(box).maskImage"
        assert "gradient" in box.evaluate(mask)
        before = name.bounding_box()["x"]
        box.evaluate("(box) => box.scrollTo({left: 10_000, behavior: 'instant'})")
        page.wait_for_function(
            "(box) => box.dataset.more === 'false'", arg=box.element_handle()
        )
        assert abs(name.bounding_box()["x"] - before) < 1
        assert box.evaluate(mask) == "none"
        page.touchscreen.tap(*centre(button(view, 5, 11)))
        assert view.locator(".detail strong").inner_text() == "Layer 5, head 11"


AT_THE_END = "(box) => box.dataset.more === 'false'"
