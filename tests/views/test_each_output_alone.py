"""Views where each output is a page of its own: Colab, VS Code, an exported cell.

The reader here has a mouse or a finger: each gesture is a real one, at coordinates.
"""

import html

import nbformat
import pytest
from chromium import watch
from nbconvert import HTMLExporter
from touching import centre, name_at, status

from companion import running, views

pytestmark = pytest.mark.slow

PLAIN = (running.QUESTION, running.CONTEXT)
PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Output</title>'
    "</head><body>{}</body></html>"
)
FRAME = (
    '<iframe sandbox="allow-scripts" srcdoc="{}" width="1200" height="700"></iframe>'
)


@pytest.fixture(scope="module")
def outputs(embedded):
    """The outputs of four cells of one session, in the order in which they ran."""
    makers = [views.head_view, views.model_view, views.neuron_view, views.layer_slider]
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(views.BOOK, raising=False)
        return [make(*embedded, *PLAIN)._repr_html_() for make in makers]


@pytest.fixture
def opened(browser, tmp_path):
    """Open a text as a page of this size; afterwards nothing went wrong on it."""
    contexts, problems = [], []

    def open_(text, touch=False):
        path = tmp_path / "page.html"
        path.write_text(text, "utf-8")
        size = {"width": 1300, "height": 3000}
        contexts.append(browser.new_context(viewport=size, has_touch=touch))
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        problems.append(watch(page, path.as_uri()))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not any(problems), problems


def use_head(page, view, press):
    square = view.get_by_role("checkbox", name="head 3", exact=True)
    press(*centre(square))
    assert square.get_attribute("aria-checked") == "false"
    assert view.locator("[aria-checked=true]").count() == 11
    press(*centre(name_at(view, "left", "Who")))
    assert status(view).startswith("Who reads, mean of 11 heads: ")
    press(*centre(name_at(view, "right", "My")))
    assert status(view).startswith("My is read most, mean of 11 heads, by: ")


def use_model(page, view, press):
    press(*centre(view.get_by_role("button", name="layer 5, head 7", exact=True)))
    assert view.locator(".detail strong").inner_text() == "Layer 5, head 7"
    assert "Layer 5, head 7: the" in status(view)


def use_neuron(page, view, press):
    press(*centre(name_at(view, "left", "F")))
    assert status(view).startswith("F reads, head 0: ")
    assert "query of F" in view.locator(".computation").inner_text()


def use_slider(page, view, press):
    slider = view.get_by_role("slider")
    x, y = centre(slider)
    press(x + slider.bounding_box()["width"] / 2 - 3, y)
    assert view.locator("output").inner_text() == "after layer 5"


USES = [use_head, use_model, use_neuron, use_slider]
NUMBERS = pytest.mark.parametrize("number", range(4), ids=lambda n: USES[n].__name__)


@NUMBERS
def test_an_output_alone_in_a_page_can_be_used(opened, outputs, number):
    page = opened(PAGE.format(outputs[number]))
    USES[number](page, page.locator(".attention-view"), page.mouse.click)


@NUMBERS
def test_an_output_can_be_used_by_touch(opened, outputs, number):
    page = opened(PAGE.format(outputs[number]), touch=True)
    USES[number](page, page.locator(".attention-view"), page.touchscreen.tap)


def test_each_output_in_a_frame_of_its_own_can_be_used(opened, outputs):
    """As in Colab: no frame reaches another, or the page around it."""
    frames = [FRAME.format(html.escape(PAGE.format(output))) for output in outputs]
    page = opened(PAGE.format("".join(frames)))
    for number, use in enumerate(USES):
        view = page.frame_locator("iframe").nth(number).locator(".attention-view")
        use(page, view, page.mouse.click)


@NUMBERS
def test_an_exported_cell_can_be_used(opened, outputs, number):
    output = nbformat.v4.new_output("display_data", {"text/html": outputs[number]})
    cell = nbformat.v4.new_code_cell("views", outputs=[output])
    notebook = nbformat.v4.new_notebook(cells=[cell])
    text, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    page = opened(PAGE.format(text))
    USES[number](page, page.locator(".attention-view"), page.mouse.click)


def test_jupyterlabs_rule_for_pictures_cuts_nothing_off(opened, outputs):
    rule = "<style>.jp-RenderedHTMLCommon svg {max-width: 100%; height: auto}</style>"
    page = opened(
        PAGE.format(f'{rule}<div class="jp-RenderedHTMLCommon">{outputs[0]}</div>')
    )
    svg = page.locator(".stage svg")
    svg.wait_for()
    assert svg.bounding_box()["height"] == float(svg.get_attribute("height"))


# As JupyterLab renders an output: its HTML is set, then each of its scripts is run.
RENDER = """([place, text]) => {
  const host = document.getElementById(place);
  host.innerHTML = text;
  for (const script of host.querySelectorAll("script")) {
    const again = document.createElement("script");
    again.textContent = script.textContent;
    script.replaceWith(again);
  }
}"""


def test_cells_that_are_run_again_are_drawn_again(opened, outputs):
    places = ["a", "b", "c", "d"]
    page = opened(PAGE.format("".join(f'<div id="{p}"></div>' for p in places)))

    def run(place, number):
        page.evaluate(RENDER, [place, outputs[number]])
        page.locator(f"#{place} .stage svg").first.wait_for()

    for place, number in zip(places, (1, 0, 0, 0), strict=True):
        run(place, number)
    run("d", 0)  # twice the same view is above
    run("b", 2)  # the first of the three became another
    run("a", 0)
    ids = page.locator(".attention-view").evaluate_all("(all) => all.map(v => v.id)")
    assert len(set(ids)) == 4
    for place, number in zip(places, (0, 2, 0, 0), strict=True):
        USES[number](page, page.locator(f"#{place} .attention-view"), page.mouse.click)
    assert page.locator("style").count() == 1


def test_a_script_that_is_there_is_not_loaded_again(opened, outputs):
    page = opened(PAGE.format(f'{outputs[0]}<div id="below"></div>'))
    page.evaluate("window.first = window.insideBert")
    page.evaluate(RENDER, ["below", outputs[1]])
    page.locator("#below .stage svg").first.wait_for()
    assert page.evaluate("window.first === window.insideBert")
