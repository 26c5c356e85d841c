"""The views in a second engine: all drawn, touched, saved, within the page."""

import pytest
from touching import DRAWN, written

pytestmark = pytest.mark.slow

SLIDE = """() => {
  const input = document.querySelector("[data-number='3'] input");
  input.value = 6;
  input.dispatchEvent(new Event("input"));
}"""
SAVE = """async () => {
  const blobs = [], made = URL.createObjectURL;
  URL.createObjectURL = (blob) => { blobs.push(blob); return made.call(URL, blob); };
  HTMLAnchorElement.prototype.click = () => {};
  for (const button of document.querySelectorAll("[data-number='3'] .tools button"))
    if (button.textContent.startsWith("Save")) button.click();
  while (blobs.length < 2) await new Promise((next) => setTimeout(next, 50));
  return blobs.map(({ type, size }) => [type, size > 2000]);
}"""
NUMBER = """() => document.querySelectorAll(".attention-view").forEach(
  (view, i) => view.setAttribute("data-number", i))"""
SAID = """() => [...document.querySelectorAll(".attention-view .status")].map(
  (status) => status.textContent)"""


@pytest.fixture(scope="module")
def page(firefox, made, tmp_path_factory):
    """A page with a view of each kind, drawn and touched."""
    path = tmp_path_factory.mktemp("views") / "page.html"
    written(path, [made[number] for number in (0, 1, 2, 4)])
    firefox.resize(1280, 6000)
    firefox.goto(path.as_uri(), path.as_uri())
    firefox.until(DRAWN)
    firefox.evaluate(NUMBER)
    firefox.click("[data-number='0'] .left [data-token='1'] text")
    firefox.click("[data-number='1'] [aria-label='layer 5, head 7']", "touch")
    firefox.click("[data-number='2'] .left [data-token='7'] text", "touch")
    firefox.evaluate(SLIDE)
    yield firefox
    assert firefox.problems == []


def test_each_view_says_what_was_touched(page):
    head, model, neuron, slider = page.evaluate(SAID)
    assert head.startswith("Who reads, mean of 12 heads: ")
    assert model.startswith("Layer 5, head 7: the strongest line goes from ")
    assert neuron.startswith("F reads, head 1: ")
    assert slider.startswith("After layer 5: the plane shows ")
    rows = "() => document.querySelectorAll(\"[data-number='2'] tbody tr\").length"
    assert page.evaluate(rows) == 10


def test_a_view_is_saved_and_stays_within_the_page(page):
    assert sorted(page.evaluate(SAVE)) == [["image/png", True], ["image/svg+xml", True]]
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
