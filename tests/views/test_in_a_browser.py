"""The views as a reader meets them: drawn, switched, by keyboard, light and dark."""

from dataclasses import replace

import pytest
import torch
from chromium import barriers, watch

import companion
from companion import running, tokens, views
from companion.views import packing

pytestmark = pytest.mark.slow

PLAIN = (running.QUESTION, running.CONTEXT)
HEAD, MODEL, NEURON, PART, SLIDER, TWIN = range(6)
FRAME = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Views</title>'
    '<meta name="viewport" content="width=device-width"></head>'
    "<body><main><h1>Views</h1>{}</main></body></html>"
)


@pytest.fixture(scope="module")
def made(embedded):
    paragraph = "Who was her brother?", running.PARAGRAPH
    return [
        views.head_view(*embedded, *PLAIN),
        views.model_view(*embedded, *PLAIN, layers=[0, 3, 5]),
        views.neuron_view(*embedded, *PLAIN, layers=[2, 4], heads=[1, 5]),
        views.neuron_view(*embedded, *PLAIN, show="question to context"),
        views.layer_slider(*embedded, *paragraph),
        views.head_view(*embedded, *PLAIN),  # the first once more
    ]


@pytest.fixture(scope="module")
def weights(embedded):
    """(L, A, T, T), what the model gives to the plain question."""
    encoded = tokens.encode(embedded[0], *PLAIN)
    with torch.inference_mode():
        layers = companion.trace(embedded[1].bert, **encoded.model_inputs()).layers
    return torch.stack([layer.weights[0] for layer in layers])


def written(path, shown):
    """A page with the views as the outputs of a live notebook."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(views.BOOK, raising=False)
        html = "".join(view._repr_html_() for view in shown)
    path.write_text(FRAME.format(html), "utf-8")
    return path


@pytest.fixture(scope="module")
def address(made, tmp_path_factory):
    return written(tmp_path_factory.mktemp("views") / "page.html", made).as_uri()


@pytest.fixture
def opened(browser, address):
    """The page with its views drawn, and a list of what went wrong on it."""
    with Opening(browser, address) as opened:
        yield opened


class Opening:
    def __init__(self, browser, address, **options):
        options = {"viewport": {"width": 1280, "height": 4000}, **options}
        self.context = browser.new_context(**options)
        self.address = address

    def __enter__(self):
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems = watch(self.page, self.address)
        self.page.goto(self.address)
        self.page.wait_for_function(DRAWN)
        return self.page

    def __exit__(self, kind, *_):
        self.context.close()
        assert kind or self.problems == []


DRAWN = """() => [...document.querySelectorAll('.attention-view')]
  .every((view) => view.querySelector('.stage svg'))"""


def nth(page, number):
    return page.locator(".attention-view").nth(number)


def opacities(page, number, lines="#attention line"):
    """The strength of each line of a view, as the page has it."""
    script = "(all) => all.map((line) => +line.getAttribute('stroke-opacity'))"
    return torch.tensor(nth(page, number).locator(lines).evaluate_all(script))


def near(ours, theirs, steps=0.6):
    """Equal up to the quantisation."""
    assert ours.shape == theirs.shape
    return (ours.clamp_min(0).sqrt() - theirs.sqrt()).abs().max() < steps / 255


def has_lines(page, number, wanted):
    """Whether a head view draws these weights, the largest of them full."""
    drawn = opacities(page, number)
    assert drawn.max() == 1
    return near(drawn * wanted.max(), wanted.flatten(), steps=1.1)  # both are rounded


def test_every_view_is_drawn_with_the_weights_it_was_given(opened, weights):
    for number in (HEAD, TWIN):
        assert has_lines(opened, number, weights[0])
    lines = "svg > g:not(.detail) line"
    assert near(opacities(opened, MODEL, lines), weights[[0, 3, 5]].flatten())
    lines = "#collapsed .attn-line-group line"
    assert near(opacities(opened, NEURON, lines), weights[2, 1].flatten())
    assert near(opacities(opened, PART, lines), weights[0, 0, 1:3, 4:9].flatten())
    assert nth(opened, SLIDER).locator(".dot").count() == 81
    ids = opened.locator(".attention-view").evaluate_all("(all) => all.map(v => v.id)")
    assert len(set(ids)) == 6
    assert opened.locator("img, iframe, link").count() == 0


def test_a_layer_and_a_part_are_chosen_and_the_lines_change(opened, weights):
    view = nth(opened, HEAD)
    view.get_by_role("combobox", name="Layer", exact=True).select_option("5")
    assert has_lines(opened, HEAD, weights[5])
    view.get_by_role("combobox", name="Show", exact=True).select_option(
        "question to context"
    )
    assert has_lines(opened, HEAD, weights[5][:, 1:3, 4:9])
    assert has_lines(opened, TWIN, weights[0])  # has its own
    neuron = nth(opened, NEURON)
    assert neuron.get_by_role(
        "combobox", name="Head", exact=True
    ).inner_text().split() == ["1", "5"]
    neuron.get_by_role("combobox", name="Layer", exact=True).select_option(label="4")
    neuron.get_by_role("combobox", name="Head", exact=True).select_option(label="5")
    lines = "#collapsed .attn-line-group line"
    assert near(opacities(opened, NEURON, lines), weights[4, 5].flatten())


@pytest.mark.parametrize("number", [HEAD, NEURON])
def test_a_chosen_token_is_kept_where_a_part_has_it(opened, number):
    view = nth(opened, number)
    token = view.get_by_role("combobox", name="From", exact=True)
    part = view.get_by_role("combobox", name="Show", exact=True)
    token.select_option("4 My")
    assert view.get_by_role("status").inner_text().startswith("My reads")
    part.select_option("context to question")  # its row 4 is another token
    assert token.locator(":checked").inner_text() == "4 ##oo"
    assert view.get_by_role("status").inner_text().startswith("##oo reads")
    part.select_option("question to context")  # has no row 4
    assert token.input_value() == ""
    assert "reads" not in view.get_by_role("status").inner_text()
    token.select_option("0 Who")
    assert view.get_by_role("status").inner_text().startswith("Who reads")


def test_a_head_is_switched_off_by_a_click_and_by_a_key(opened, weights):
    squares = nth(opened, HEAD).get_by_role("checkbox")
    assert squares.count() == 12
    squares.nth(3).click()
    assert squares.nth(3).get_attribute("aria-checked") == "false"
    expected = weights[0].clone()
    expected[3] = 0
    assert has_lines(opened, HEAD, expected)
    squares.nth(3).focus()
    opened.keyboard.press("Space")
    assert squares.nth(3).get_attribute("aria-checked") == "true"
    assert has_lines(opened, HEAD, weights[0])
    opened.keyboard.press("Enter")  # this one alone
    expected = torch.zeros_like(weights[0])
    expected[3] = weights[0, 3]
    assert has_lines(opened, HEAD, expected)
    choice = nth(opened, HEAD).get_by_role("combobox", name="Heads", exact=True)
    assert choice.input_value() == "3"
    for wanted, count in (("7", 1), ("all", 12), ("0", 1)):
        choice.select_option(wanted)
        assert nth(opened, HEAD).locator("[aria-checked=true]").count() == count
        assert choice.input_value() == wanted


def test_a_token_is_chosen_by_keyboard_alone(opened, weights):
    nth(opened, HEAD).get_by_role("combobox", name="From", exact=True).focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("ArrowDown")
    status = nth(opened, HEAD).get_by_role("status").inner_text()
    assert status.startswith("Who reads, mean of 12 heads: ")
    mean = weights[0].mean(dim=0)[1]
    assert f"{mean.max():.2f}" in status
    visible = nth(opened, HEAD).locator("#attention line[visibility=visible]")
    assert visible.count() == 12 * 10
    opened.keyboard.press("Home")
    assert "double-click" in nth(opened, HEAD).get_by_role("status").inner_text()


def test_every_control_is_reached_by_tab(opened):
    reached = set()
    for _ in range(75):
        opened.keyboard.press("Tab")
        reached.add(opened.evaluate(FOCUSED))
    wanted = opened.evaluate(
        "[...document.querySelectorAll('select, input, [tabindex]')].length"
    )
    assert len(reached - {None}) == wanted


FOCUSED = """() => {
  const all = [...document.querySelectorAll('select, input, [tabindex]')];
  const at = all.indexOf(document.activeElement);
  return at < 0 ? null : at;
}"""


def test_a_small_drawing_is_enlarged(opened, weights):
    view = nth(opened, MODEL)
    view.get_by_role("combobox", name="Enlarge", exact=True).select_option(
        "layer 3, head 2"
    )
    assert view.locator("text.detail").text_content() == "Layer 3, Head 2"
    lines = "g.detail .attn-line-group line"
    assert near(opacities(opened, MODEL, lines), weights[3, 2].flatten())
    assert "Layer 3, head 2: the strongest" in view.get_by_role("status").inner_text()
    view.get_by_role("combobox", name="Enlarge", exact=True).select_option("none")
    assert view.locator(".detail").count() == 0


def test_queries_and_keys_make_the_scores(opened, embedded):
    view = nth(opened, NEURON)
    view.get_by_role("combobox", name="From", exact=True).select_option("7 F")
    view.get_by_label("queries and keys").check()
    assert view.get_by_role("combobox", name="From", exact=True).input_value() == "7"
    script = "(all) => all.map((box) => +box.dataset.value)"
    products = view.locator("#expanded .dotproduct").evaluate_all(script)
    encoded = tokens.encode(embedded[0], *PLAIN)
    with torch.inference_mode():
        layers = companion.trace(embedded[1].bert, **encoded.model_inputs()).layers
    scores = layers[2].scores[0, 1, 7]
    assert (
        torch.tensor(products) - scores
    ).abs().max() < 0.02 * scores.abs().max() + 0.1
    assert view.get_by_role("status").inner_text().startswith("F reads: ")
    others = nth(opened, PART).locator("#dotproducts")
    assert others.evaluate_all("(all) => all.map((g) => g.style.opacity)") == ["0"]
    view.get_by_label("queries and keys").uncheck()
    assert view.locator("#collapsed").get_attribute("visibility") == "visible"


def test_the_tokens_move_from_layer_to_layer(opened, made):
    view = nth(opened, SLIDER)
    points = views.decode(made[SLIDER].html()).points
    place = "(all) => all.map((dot) => dot.style.transform)"
    first = view.locator(".dot").evaluate_all(place)
    view.get_by_label("Step").focus()
    opened.keyboard.press("ArrowRight")
    assert view.locator("output").inner_text() == "after layer 0"
    second = view.locator(".dot").evaluate_all(place)
    moved = [one != other for one, other in zip(first, second, strict=True)]
    assert moved == (points[0] != points[1]).any(dim=-1).tolist()
    opened.keyboard.press("End")
    assert view.get_by_label("Step").get_attribute("aria-valuetext") == "after layer 5"


@pytest.mark.parametrize(
    "darken",
    [
        "document.documentElement.dataset.theme = 'dark'",  # the built book
        "document.body.dataset.jpThemeLight = 'false'",  # JupyterLab
        "document.body.dataset.vscodeThemeKind = 'vscode-dark'",  # VS Code
        "document.documentElement.setAttribute('theme', 'dark')",  # Colab
    ],
)
def test_colours_follow_the_page(opened, darken):
    ground = "(view) => getComputedStyle(view).backgroundColor"
    colour = "(text) => getComputedStyle(text).fill"
    nth(opened, NEURON).get_by_role("combobox", name="Layer", exact=True).select_option(
        label="4"
    )
    light = [nth(opened, n).evaluate(ground) for n in range(6)]
    assert set(light) == {"rgb(255, 255, 255)"}
    opened.evaluate(darken)
    opened.wait_for_function("!document.querySelector('[data-mode=light]')")
    assert {nth(opened, n).evaluate(ground) for n in range(6)} == {"rgb(22, 25, 29)"}
    for number in (HEAD, MODEL, NEURON):
        shade = nth(opened, number).locator("svg text").first.evaluate(colour)
        assert min(map(int, shade[4:-1].split(","))) > 180, number
    layer = nth(opened, NEURON).get_by_role("combobox", name="Layer", exact=True)
    assert layer.locator(":checked").inner_text() == "4"  # as it was chosen


def test_dark_mode_elsewhere_and_a_phone(browser, address):
    viewport = {"width": 390, "height": 6000}
    options = {"viewport": viewport, "color_scheme": "dark", "has_touch": True}
    with Opening(browser, address, **options) as page:
        assert page.locator("[data-mode=dark]").count() == 6
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        nth(page, HEAD).get_by_role("checkbox").nth(1).tap()
        off = nth(page, HEAD).locator("[aria-checked=false]")
        assert off.get_attribute("aria-label") == "head 1"
        nth(page, HEAD).locator("#left text", has_text="Who").tap()
        assert "Who reads" in nth(page, HEAD).get_by_role("status").inner_text()
        stage = nth(page, MODEL).locator(".stage")
        assert stage.evaluate("(box) => box.scrollWidth > box.clientWidth")
        assert barriers(page) == []


def test_no_barrier_in_the_views(opened):
    nth(opened, HEAD).get_by_role("checkbox").first.click()
    nth(opened, NEURON).get_by_label("queries and keys").check()
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
    shown = [f(*embedded, "who", context, heads=[0], layers=[0]) for f in built]
    shown.append(views.layer_slider(*embedded, "who", context))
    for number, view in enumerate(shown):
        header, arrays = packing.unpack(view.packed)
        header["tokens"][3:-1] = HOSTILE
        text = packing.pack(header, arrays)
        shown[number] = replace(view, packed=text)
    path = written(tmp_path / "hostile.html", shown)
    with Opening(browser, path.as_uri()) as page:
        nth(page, 1).get_by_role("combobox", name="Enlarge", exact=True).select_option(
            "layer 0, head 0"
        )
        for number in (HEAD, NEURON):
            for token in range(len(HOSTILE)):
                nth(page, number).get_by_role(
                    "combobox", name="From", exact=True
                ).select_option(str(3 + token))
        assert page.evaluate("window.ran") is None
        assert page.locator("img, iframe, b, script script").count() == 0
        assert page.locator("script").count() == 2 * len(shown)
        where = [
            "#left text",
            "g.detail text",
            "#collapsed #leftText text",
            ".dot text",
        ]
        for number, texts in enumerate(where):
            tokens_ = (
                nth(page, number)
                .locator(texts)
                .evaluate_all("(all) => all.map((text) => text.textContent)")
            )
            assert tokens_[3:-1][: len(HOSTILE)] == HOSTILE, number


def test_a_view_that_cannot_be_read_says_so(browser, made, tmp_path):
    broken = replace(made[HEAD], packed="AAAA")
    path = written(tmp_path / "broken.html", [broken])
    page_ = browser.new_page()
    page_.goto(path.as_uri())
    page_.wait_for_selector("text=This view cannot be drawn")
    page_.close()
