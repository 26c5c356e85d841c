// What all views have in common: controls that stay in sight, a line of words, a place
// for the drawing, and what a reader takes along.

import { element, labelled } from "./elements.js";
import { toolsOf } from "./tools.js";
import { markEdges } from "./wide.js";

/**
 * A box in which a wide table scrolls; it fades where something is hidden at its right.
 * @param {string} name - what a screen reader calls it
 */
export const scrolling = (name, table) => {
  const box = element(
    "div",
    { class: "wide", role: "group", "aria-label": name },
    table,
  );
  markEdges([box], [table]);
  return box;
};

/**
 * A view in its element. Each kind has `draw`, and `state` and `open` for a link.
 * @typedef {Object<string, number>} State
 * @typedef {[string, HTMLElement][]} Controls - each with its name, a button with none
 */
export class View {
  /**
   * @param {HTMLElement} root
   * @param {string} name - what a screen reader calls the drawing
   */
  constructor(root, name) {
    this.root = root;
    this.stage = element("div", { class: "stage", role: "group", "aria-label": name });
    this.status = element("p", { class: "status", role: "status" });
  }

  /**
   * What is chosen, for a link and the name of a file.
   * @returns {State}
   */
  get state() {
    return {};
  }

  /**
   * Put the parts in their places.
   * @param {Controls} controls
   * @param {HTMLElement[]} legend - what belongs to the picture, above it
   * @param {HTMLElement[]} drawings
   */
  frame(controls, legend, drawings) {
    this.legend = legend;
    const labels = controls.map(([name, control]) =>
      name ? labelled(name, control) : control,
    );
    const row = element("div", { class: "controls" }, ...labels);
    const bar = element("div", { class: "bar" }, row, ...legend, this.status);
    this.stage.append(...drawings);
    this.root.replaceChildren(bar, this.stage, toolsOf(this));
  }

  /** What is shown, in words for paper, where no control says it. */
  get where() {
    return "";
  }

  /** Say it, in as many lines as were ever needed: nothing moves under a finger. */
  say(...words) {
    this.status.dataset.where = this.where;
    this.status.replaceChildren(...words);
    this.status.style.minHeight = `${this.status.offsetHeight}px`;
  }

  /** Say what a reader can do here, which is left out on paper. */
  hint(words) {
    this.say(element("span", { class: "hint" }, words));
  }
}

/** What views of weights choose among: the layer, the part, and how many words. */
export const layerOptions = (weights) =>
  weights.layers.map((layer) => [layer, String(layer)]);

export const headOptions = (weights) =>
  weights.heads.map((head) => [head, String(head)]);

export const partOptions = (weights) => weights.parts.map(({ name }, i) => [i, name]);

/** The tokens of one side, as options of a choice. */
export const tokenOptions = (weights, side, tokens) =>
  tokens.map((token) => [`${side}:${token}`, `${token} ${weights.tokens[token]}`]);

/** A place at one side, from the value of such an option. */
export const placeFrom = (value) => {
  const [side, token] = value.split(":");
  return side ? { side, token: +token } : null;
};

/** Choose a value, if it is among those of a choice. */
export const pick = (select, value) => {
  const values = [...select.options].map((option) => option.value);
  if (values.includes(String(value))) select.value = value;
};
