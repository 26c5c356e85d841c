"""What a reader takes along: a picture, a link, a sheet of paper."""

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image
from pypdf import PdfReader
from touching import Opening, centre, control, nth, status, written

pytestmark = pytest.mark.slow

HEAD, MODEL, NEURON, SLIDER, LONG, ON_WHO = 0, 1, 2, 4, 6, 7
SVG = "{http://www.w3.org/2000/svg}"


def saved(page, view, kind):
    """Press a button, and return the name and the bytes of what is saved."""
    with page.expect_download() as waiting:
        page.mouse.click(*centre(view.get_by_role("button", name=f"Save as {kind}")))
    download = waiting.value
    with open(download.path(), "rb") as file:
        return download.suggested_filename, file.read()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (HEAD, {"Who", "My", "##oo", "0", "11"}),
        (MODEL, {"layer 3", "Layer 3, head 2", "Who", "11"}),
        (NEURON, {"query of", "F", "sum / √D", "##oo"}),
        (SLIDER, {"Anton", "Who", "the answer", "special tokens"}),
    ],
)
def test_a_view_is_saved_as_a_picture(browser, opened, number, words):
    view = nth(opened, number)
    if number == MODEL:
        view.get_by_role("button", name="layer 3, head 2", exact=True).click()
    if number == NEURON:
        control(view, "Token").select_option("left:7")
    name, text = saved(opened, view, "SVG")
    assert name.endswith(".svg")
    assert view.get_attribute("data-kind") in name
    picture = ET.fromstring(text)
    shown = {t.text for t in picture.iter(f"{SVG}text") if t.text}
    assert words <= {one.strip() for one in shown}
    assert "Close" not in shown
    page = browser.new_page()
    page.set_content(f'<img src="data:image/svg+xml,{quoted(text)}">')
    assert page.evaluate("document.images[0].decode().then(() => true)")
    page.close()
    name, data = saved(opened, view, "PNG")
    image = Image.open(io.BytesIO(data)).convert("RGB")
    assert image.width >= 2 * view.locator(".stage").bounding_box()["width"]
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert len(image.getcolors(1_000_000)) > 50  # lines and letters, not an empty sheet


def quoted(text):
    from urllib.parse import quote

    return quote(text.decode())


def test_a_link_carries_layer_head_and_token(browser, opened, address):
    view = nth(opened, HEAD)
    control(view, "Layer").select_option("4")
    control(view, "Heads").select_option("5")
    control(view, "Token").select_option("right:1")
    opened.mouse.click(*centre(view.get_by_role("button", name="Copy a link")))
    opened.wait_for_function("location.hash.length > 1")
    link, before = opened.url, status(view)
    assert link.endswith("--layer-4--head-5--read-1")
    with Opening(browser, link, viewport={"width": 1280, "height": 800}) as page:
        there = page.locator(".attention-view").nth(HEAD)
        page.wait_for_function("scrollY >= 0")
        assert status(there) == before
        assert there.bounding_box()["y"] < 800
        assert status(nth(page, ON_WHO)).startswith("Who reads, head 8")  # not its link


def test_a_link_carries_which_heads_are_on_and_whether_all_tokens_are_shown(opened):
    view = nth(opened, LONG)
    control(view, "Heads").select_option("all")
    for head in ("head 0", "head 3"):
        opened.mouse.click(*centre(view.get_by_role("checkbox", name=head).first))
    view.get_by_label("All tokens").check()
    opened.mouse.click(*centre(view.get_by_role("button", name="Copy a link")))
    opened.wait_for_function("location.hash.length > 1")
    control(view, "Heads").select_option("1")
    view.get_by_label("All tokens").uncheck()
    opened.reload()
    view.locator(".stage svg").wait_for()
    off = view.locator("[aria-checked=false]").all_inner_texts()
    assert off == ["0", "3"]
    assert view.locator(".left text").count() == 81


def test_in_a_frame_of_another_page_there_is_no_link_to_copy(browser, made, tmp_path):
    written(tmp_path / "inner.html", [made[SLIDER]])
    frame = '<iframe src="inner.html" width="900" height="900"></iframe>'
    (tmp_path / "outer.html").write_text(frame, "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "outer.html").as_uri())
    tools = page.frame_locator("iframe").locator(".tools button")
    tools.first.wait_for()
    assert tools.all_inner_texts() == ["Save as SVG", "Save as PNG"]
    page.close()


STATES = [
    (MODEL, "--layer-3--head-2", "Layer 3, head 2: the strongest"),
    (NEURON, "--layer-4--head-5--token-7", "F reads, head 5: "),
    (SLIDER, "--step-6--own-1", "no other plane shows more"),
    (HEAD, "--layer-99--head-99--token-99--what", "Point at a token"),
    (HEAD, "--layer", "Point at a token"),
]


def test_an_address_that_changes_opens_the_view(opened):
    for number, state, wanted in STATES:
        view = nth(opened, number)
        to = view.get_attribute("id") + state
        opened.evaluate("(to) => { location.hash = to; }", to)
        opened.wait_for_timeout(200)
        assert wanted in status(view)


def test_paper_has_light_colours_and_no_controls(browser, address):
    with Opening(browser, address, color_scheme="dark") as page:
        page.emulate_media(media="print")
        colour = "(view) => getComputedStyle(view).backgroundColor"
        for view in page.locator(".attention-view").all():
            assert view.evaluate(colour) == "rgb(255, 255, 255)"
            assert view.locator(".stage svg").first.is_visible()
            assert view.locator(".status").is_visible()
            assert view.locator(".controls").is_hidden()
            assert view.locator(".tools").is_hidden()
        sheets = PdfReader(io.BytesIO(page.pdf())).pages
        text = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
        for words in (
            "Layer 0.",
            "Layer 2, head 1.",
            "Layer 1. Who reads, head 8: ? 0.98",
            "Embeddings: the plane shows",
        ):
            assert words in text
        for words in ("Point at a token", "Click or tap"):
            assert words not in text


def test_views_that_no_one_came_near_are_printed_too(browser, address):
    """Without `DRAWN`: nothing is scrolled into sight before it is printed."""
    page = browser.new_page(viewport={"width": 1280, "height": 600})
    page.goto(address)
    page.wait_for_timeout(3000)
    assert page.locator(".attention-view .stage svg").count() >= 8
    page.close()
