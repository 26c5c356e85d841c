"""The views in a second engine: all drawn, pointed at, saved, within the page."""

import firefox
import pytest
from touching import FRAME

from companion import views

pytestmark = pytest.mark.slow

REPORT = """<script>
const report = (found) =>
  fetch("/report", { method: "POST", body: JSON.stringify(found) });
addEventListener("error", (event) => report({ error: event.message }));
const all = () => [...document.querySelectorAll(".attention-view")];
const until = async (done) => {
  while (!done()) await new Promise((next) => setTimeout(next, 100));
};
const middle = (element) => {
  element.scrollIntoView({ block: "center" });
  const { x, y, width, height } = element.getBoundingClientRect();
  return { clientX: x + width / 2, clientY: y + height / 2, bubbles: true };
};
const press = (element) => {
  const at = middle(element);
  const target = document.elementFromPoint(at.clientX, at.clientY);
  for (const kind of ["pointermove", "pointerdown"])
    target.dispatchEvent(new PointerEvent(kind, at));
  target.dispatchEvent(new MouseEvent("click", at));
};
addEventListener("load", async () => {
  await until(() => all().every((view) => view.querySelector(".stage svg")));
  const [head, model, neuron, slider] = all();
  press(head.querySelector(".left [data-token='1'] text"));
  press(model.querySelector("[aria-label='layer 5, head 7']"));
  press(neuron.querySelector(".left [data-token='7'] text"));
  slider.querySelector("input").value = 6;
  slider.querySelector("input").dispatchEvent(new Event("input"));
  const blobs = [];
  const made = URL.createObjectURL;
  URL.createObjectURL = (blob) => { blobs.push(blob); return made.call(URL, blob); };
  HTMLAnchorElement.prototype.click = () => {};
  for (const button of slider.querySelectorAll(".tools button"))
    if (button.textContent.startsWith("Save")) button.click();
  await until(() => blobs.length === 2);
  report({
    said: all().map((view) => view.querySelector(".status").textContent),
    rows: neuron.querySelectorAll("tbody tr").length,
    sizes: blobs.map(({ type, size }) => [type, size > 2000]),
    wide: document.documentElement.scrollWidth - innerWidth,
  });
});
</script>"""


def test_firefox_draws_the_views_and_obeys(embedded, made, tmp_path, monkeypatch):
    monkeypatch.delenv(views.BOOK, raising=False)
    html = "".join(made[n]._repr_html_() for n in (0, 1, 2, 4))
    (tmp_path / "site").mkdir()
    (tmp_path / "profile").mkdir()
    page = FRAME.format(html + REPORT)
    (tmp_path / "site" / "views.html").write_text(page, "utf-8")
    found = firefox.reported(tmp_path / "site", "views.html", tmp_path / "profile", 120)
    assert "error" not in found, found
    head, model, neuron, slider = found["said"]
    assert head.startswith("Who reads, mean of 12 heads: ")
    assert model.startswith("Layer 5, head 7: the strongest line goes from ")
    assert neuron.startswith("F reads, head 1: ")
    assert slider.startswith("The plane shows ")
    assert found["rows"] == 10
    assert sorted(found["sizes"]) == [["image/png", True], ["image/svg+xml", True]]
    assert found["wide"] <= 0
