// All views of a page: find them, draw each when it comes near.

import { isDark } from "./colours.js";
import { element } from "./elements.js";
import { HeadView } from "./head.js";
import { ModelView } from "./model.js";
import { NeuronView } from "./neuron.js";
import { unpack } from "./packing.js";
import { LayerSlider } from "./slider.js";

const KINDS = {
  head: HeadView,
  model: ModelView,
  neuron: NeuronView,
  layers: LayerSlider,
};

/** Draw one view; one whose colours are no style sheet's is drawn again for another. */
const show = async (root) => {
  const header = await unpack(root.dataset.packed);
  let view = new KINDS[root.dataset.kind](root, header);
  root.style.minHeight = "";
  if (!view.redraw) return;
  root.redraw = () => {
    view = view.redraw(header);
  };
};

const fail = (root, error) => {
  const words = `This view cannot be drawn: ${error.message}`;
  root.replaceChildren(element("p", {}, words));
  throw error;
};

const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      nearby.unobserve(target);
      show(target).catch((error) => fail(target, error));
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
