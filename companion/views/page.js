// All views of a page: find them, draw each when it comes near.

import { isDark } from "./colours.js";
import { element } from "./elements.js";
import { headView } from "./head.js";
import { modelView } from "./model.js";
import { neuronView } from "./neuron.js";
import { unpack } from "./packing.js";
import { sliderView } from "./slider.js";

const KINDS = {
  head: headView,
  model: modelView,
  neuron: neuronView,
  layers: sliderView,
};

/** Draw one view; draw it again, with the choices kept, when the colours change. */
const show = async (root) => {
  const header = await unpack(root.dataset.packed);
  const kind = KINDS[root.dataset.kind];
  kind(root, header);
  root.style.minHeight = "";
  if (kind !== neuronView) return; // the others take their colours from the style sheet
  root.redraw = () => {
    const before = [...root.querySelectorAll("select")].map((select) => select.value);
    const expanded = root.querySelector("#expand").checked;
    kind(root, header);
    if (expanded) root.querySelector("#expand").click();
    root.querySelectorAll("select").forEach((select, i) => {
      select.value = before[i];
      select.dispatchEvent(new Event("change"));
    });
  };
};

const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      nearby.unobserve(target);
      show(target).catch((error) => {
        target.replaceChildren(
          element("p", {}, `This view cannot be drawn: ${error.message}`),
        );
        throw error;
      });
    }
  },
  { rootMargin: "300px" },
);

/** Give a view that the page shows twice an id of its own: BertViz draws by id. */
const nameApart = (root) => {
  const isTaken = () => document.querySelectorAll(`[id="${root.id}"]`).length > 1;
  const { id } = root;
  for (let n = 1; isTaken(); n += 1) root.id = `${id}-${n}`;
};

/** Find the views that came into the page; each is drawn when it comes near. */
export function draw() {
  for (const root of document.querySelectorAll(".attention-view:not([data-mode])")) {
    root.dataset.mode = isDark() ? "dark" : "light";
    nameApart(root);
    nearby.observe(root);
  }
}
