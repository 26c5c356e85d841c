"""All views as a reader meets them: drawn, by keyboard, by finger, light and dark."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from chromium import barriers, contrast
from touching import Opening, centre, control, name_at, nth, status, written

from companion import views
from companion.views import packing
from tools.sphinx_ext.attention_views import with_stills

pytestmark = pytest.mark.slow

STYLES = Path(views.__file__).with_name("page.css").read_text("utf-8")
HEAD, MODEL, NEURON, SLIDER = 0, 1, 2, 4


def test_every_view_is_drawn_and_has_an_id_of_its_own(opened, made):
    ids = opened.locator(".attention-view").evaluate_all("(all) => all.map(v => v.id)")
    assert len(set(ids)) == len(made)
    assert opened.locator("img, iframe, link").count() == 0


def test_every_control_is_reached_by_tab(opened):
    wanted = opened.evaluate(f"({CONTROLS})().length")
    reached = set()
    for _ in range(wanted + 5):
        opened.keyboard.press("Tab")
        reached.add(opened.evaluate(f"({CONTROLS})().indexOf(document.activeElement)"))
    assert reached - {-1} == set(range(wanted))


CONTROLS = """() => [...document.querySelectorAll("select, input, button, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && one.checkVisibility())"""


def test_nothing_to_press_is_smaller_than_a_finger(browser, address):
    options = {"viewport": {"width": 390, "height": 9000}, "has_touch": True}
    with Opening(browser, address, **options) as page:
        control(nth(page, NEURON), "Token").select_option("left:7")
        page.locator(".thumbnails button").first.click()
        sizes = page.evaluate(SIZES)
    assert len(sizes) > 150
    assert min(min(size) for size in sizes) >= 24


SIZES = """() => [...document.querySelectorAll(
  ".attention-view :is(select, button, input, .ground)")]
  .filter((one) => one.checkVisibility())
  .map((one) => one.getBoundingClientRect())
  .map(({width, height}) => [width, height])"""


@pytest.mark.parametrize(
    "darken",
    [
        "document.documentElement.dataset.theme = 'dark'",  # the built book
        "document.body.dataset.jpThemeLight = 'false'",  # JupyterLab
        "document.body.dataset.vscodeThemeKind = 'vscode-dark'",  # VS Code
        "document.documentElement.setAttribute('theme', 'dark')",  # Colab
    ],
)
def test_colours_follow_the_page(opened, made, darken):
    grounds = "(all) => all.map((view) => getComputedStyle(view).backgroundColor)"
    control(nth(opened, NEURON), "Layer").select_option("4")
    every = opened.locator(".attention-view")
    assert set(every.evaluate_all(grounds)) == {"rgb(255, 255, 255)"}
    opened.evaluate(darken)
    opened.wait_for_function("!document.querySelector('[data-mode=light]')")
    assert set(every.evaluate_all(grounds)) == {"rgb(22, 25, 29)"}
    colours = "(all) => all.map((text) => getComputedStyle(text).fill)"
    for colour in opened.locator(".attention-view svg text").evaluate_all(colours):
        assert min(map(int, colour[4:-1].split(","))) > 100
    assert control(nth(opened, NEURON), "Layer").input_value() == "4"  # as chosen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_head_that_is_off_is_dimmer_than_one_that_is_on(browser, address, scheme):
    with Opening(browser, address, color_scheme=scheme) as page:
        squares = nth(page, HEAD).get_by_role("checkbox", name="head")
        nth(page, HEAD).get_by_role("checkbox", name="head 3").click()
        colour = "(one) => getComputedStyle(one).backgroundColor"
        ground = nth(page, HEAD).evaluate(colour)
        stand_out = [contrast(s.evaluate(colour), ground) for s in squares.all()]
    off = stand_out.pop(3)
    assert off < 1.5 < 3 < min(stand_out)


@pytest.mark.parametrize("start", [0, 1])
def test_twelve_colours_are_apart(start):
    """In the light and in the dark: by their distance in red, green and blue."""
    hexes = re.findall(r"--colour-\d+: #(\w{6});", STYLES)
    assert len(hexes) == 24
    colours = [bytes.fromhex(h) for h in hexes[12 * start : 12 * start + 12]]
    for k, one in enumerate(colours):
        for other in colours[k + 1 :]:
            off = sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
            assert off > 45, (one.hex(), other.hex())


def test_dark_mode_elsewhere_and_a_phone(browser, address, made):
    viewport = {"width": 390, "height": 9000}
    options = {"viewport": viewport, "color_scheme": "dark", "has_touch": True}
    with Opening(browser, address, **options) as page:
        assert page.locator("[data-mode=dark]").count() == len(made)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        view = nth(page, HEAD)
        page.touchscreen.tap(*centre(view.get_by_role("checkbox", name="head 1").first))
        off = view.locator("[aria-checked=false]")
        assert off.get_attribute("aria-label") == "head 1"
        page.touchscreen.tap(*centre(name_at(view, "left", "Who")))
        assert status(view).startswith("Who reads, mean of 11 heads: ")
        page.touchscreen.tap(*centre(name_at(view, "right", "F")))
        assert status(view).startswith("F is read most, mean of 11 heads, by: ")
        assert barriers(page) == []


@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_nothing_makes_a_page_scroll_sideways(browser, address, width):
    with Opening(browser, address, viewport={"width": width, "height": 900}) as page:
        page.locator(".thumbnails button").first.click()
        control(nth(page, NEURON), "Token").select_option("left:7")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_barrier_in_the_views(opened):
    nth(opened, HEAD).get_by_role("checkbox", name="head").first.click()
    opened.locator(".thumbnails button").first.click()
    control(nth(opened, NEURON), "Token").select_option("left:7")
    assert barriers(opened) == []


HOSTILE = [
    "</script><script>window.ran = 1</script>",
    "<img src=x onerror='window.ran = 1'>",
    '"><svg onload="window.ran = 1">',
    "' onmouseover='window.ran = 1",
    "<b>bold</b>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "javascript:window.ran=1",
    "${window.ran = 1}",
    "`;window.ran=1;//",
    "\u2028window.ran = 1\u2029",
    "<!--<script>",
    "&lt;script&gt;window.ran=1&lt;/script&gt;",
    "]]><style>*{display:none}</style>",
    "{{constructor.constructor('window.ran=1')()}}",
    "\\u003cscript\\u003ewindow.ran=1",
    "שלום",
    "\u202eright to left",
    "🧪👩‍🔬",
    "x\0y\x1b",
]


def test_hostile_tokens_are_text_and_run_nothing(browser, embedded, tmp_path):
    context = " ".join("word" for _ in HOSTILE)
    built = [views.head_view, views.model_view, views.neuron_view]
    chosen = {"heads": [0], "layers": [0], "layer": 0, "head": 0}
    shown = [make(*embedded, "who", context, **chosen) for make in built]
    shown.append(views.layer_slider(*embedded, "who", context))
    for number, view in enumerate(shown):
        header, arrays = packing.unpack(view.packed)
        header["tokens"][3:-1] = HOSTILE
        shown[number] = replace(view, packed=packing.pack(header, arrays))
    path = written(tmp_path / "hostile.html", shown)
    where = [".left text", ".detail .left text", ".left text", ".dot text"]
    with Opening(browser, path.as_uri()) as page:
        for view in (nth(page, 0), nth(page, 2)):
            for token in range(3, 3 + len(HOSTILE)):
                control(view, "Token").select_option(f"left:{token}")
        assert page.evaluate("window.ran") is None
        assert page.locator("img, iframe, b, script script").count() == 0
        assert page.locator("script").count() == 2 * len(shown)
        for number, texts in enumerate(where):
            names = nth(page, number).locator(texts)
            names = names.evaluate_all("(all) => all.map((text) => text.textContent)")
            assert names[3:-1][: len(HOSTILE)] == HOSTILE, number


def test_a_view_that_cannot_be_drawn_says_so_below_its_still_picture(
    browser, made, tmp_path
):
    path = written(tmp_path / "still.html", [made[HEAD]])
    path.write_text(with_stills(path.read_text("utf-8")), "utf-8")
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")  # an older browser
    page.goto(path.as_uri())
    said = page.get_by_text("This view cannot be drawn: DecompressionStream")
    said.wait_for()
    picture = page.locator(".attention-view svg").bounding_box()
    assert picture["height"] > 150
    assert picture["y"] < said.bounding_box()["y"]
    page.close()
