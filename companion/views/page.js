// All views of a page: find them, draw each when it comes near.

import { isDark } from "./colours.js";
import { element } from "./elements.js";
import { HeadView } from "./head.js";
import { stateFor } from "./links.js";
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
const views = new Map(); // by their elements

/** Draw one view, in the state that the address names. */
const show = async (root) => {
  if (views.has(root)) return;
  views.set(root, null);
  const header = await unpack(root.dataset.packed);
  const view = new KINDS[root.dataset.kind](root, header);
  root.style.minHeight = "";
  views.set(root, view);
  const state = stateFor(root.id, location.hash);
  if (state) view.open(state);
};

/** Say that a view cannot be drawn; what stands in its place remains. */
const fail = (root, error) => {
  const words = `This view cannot be drawn: ${error.message}`;
  root.append(element("p", {}, words));
  throw error;
};

const drawNow = (root) => {
  nearby.unobserve(root);
  return show(root).catch((error) => fail(root, error));
};

const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) drawNow(target);
  },
  { rootMargin: "300px" },
);

/** Give a view that the page shows twice an id of its own. */
const nameApart = (root) => {
  const isTaken = () => document.querySelectorAll(`[id="${root.id}"]`).length > 1;
  const { id } = root;
  for (let n = 1; isTaken(); n += 1) root.id = `${id}-${n}`;
};

/** Go to the view that the address names, in the state that it names. */
const follow = () => {
  for (const root of document.querySelectorAll(".attention-view[data-mode]")) {
    const state = stateFor(root.id, location.hash);
    if (!state) continue;
    root.scrollIntoView();
    views.get(root)?.open(state);
    if (!views.has(root)) drawNow(root);
  }
};

/** Find the views that came into the page; each is drawn when it comes near. */
export function draw() {
  /** @type {NodeListOf<HTMLElement>} */
  const roots = document.querySelectorAll(".attention-view:not([data-mode])");
  for (const root of roots) {
    root.dataset.mode = isDark() ? "dark" : "light";
    nameApart(root);
    nearby.observe(root);
    if (stateFor(root.id, location.hash)) {
      root.scrollIntoView();
      drawNow(root);
    }
  }
}

/** What is to be printed is drawn when the page has time for it, wherever it stands. */
const drawAll = () => {
  const waiting = [...document.querySelectorAll(".attention-view[data-mode]")];
  for (const root of waiting) if (!views.has(root)) return drawNow(root).finally(later);
};
const later = () => {
  if (window.requestIdleCallback) requestIdleCallback(drawAll, { timeout: 2000 });
  else setTimeout(drawAll, 200);
};

window.addEventListener("hashchange", follow);
window.addEventListener("load", later);
