// All heads of all layers, small: a table of buttons, each with the lines of its head.

import { element, svgElement } from "./elements.js";
import { colourOf } from "./strokes.js";

const WIDE = 40;
const HIGH = 40;
const STRENGTHS = [0.7, 0.4, 0.15, 0.05]; // a line is drawn as strong as the next lower

const MOVES = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
};

export class Thumbnails {
  /**
   * @param {{layers: number[], heads: number[]}} there
   * @param {(layer: number, head: number) => void} pressed
   * @param {(at: [number, number] | null) => void} pointed - by the mouse or the keyboard
   */
  constructor({ layers, heads }, pressed, pointed) {
    this.layers = layers;
    this.heads = heads;
    this.buttons = layers.map((layer) =>
      heads.map((head) => made(layer, head, pressed)),
    );
    const numbers = heads.map((head) => element("th", { scope: "col" }, String(head)));
    const corner = element("th", { scope: "col" }, "head");
    const top = element("thead", {}, element("tr", {}, corner, ...numbers));
    const rows = this.buttons.map((row, i) => rowOf(layers[i], row));
    const body = element("tbody", {}, ...rows);
    this.element = element("table", { class: "thumbnails" }, top, body);
    this.element.addEventListener("keydown", (event) => this.move(event));
    for (const kind of ["pointerover", "focusin"])
      this.element.addEventListener(kind, ({ target }) => pointed(this.at(target)));
    this.element.addEventListener("pointerleave", () => pointed(null));
    this.focusable(0, 0);
  }

  /**
   * The layer and the head of what is in a button, or null.
   * @returns {[number, number] | null}
   */
  at(target) {
    const i = this.buttons.findIndex((row) => row.some((one) => one.contains(target)));
    if (i < 0) return null;
    const j = this.buttons[i].findIndex((one) => one.contains(target));
    return [this.layers[i], this.heads[j]];
  }

  /**
   * Draw the lines of a part of the weights.
   * @param {import("./weights.js").Weights} weights
   */
  draw(weights, part) {
    this.buttons.forEach((row, i) => {
      row.forEach((button, j) => {
        const sheet = weights.sheet(this.layers[i], this.heads[j]);
        button.firstChild.replaceChildren(...pathsOf(sheet, part, this.layers[i]));
      });
    });
  }

  /** Mark the one that is enlarged, or none. */
  mark(layer, head) {
    this.buttons.forEach((row, i) => {
      row.forEach((button, j) => {
        const isOpen = this.layers[i] === layer && this.heads[j] === head;
        button.setAttribute("aria-pressed", isOpen);
        if (isOpen) this.focusable(i, j);
      });
    });
  }

  /** Let Tab reach one of them: from there the arrows lead on. */
  focusable(i, j) {
    for (const button of this.buttons.flat()) button.tabIndex = -1;
    this.buttons[i][j].tabIndex = 0;
  }

  /** Go to the one of a layer and a head. */
  focus(layer, head) {
    this.buttons[this.layers.indexOf(layer)][this.heads.indexOf(head)].focus();
  }

  move(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return; // the browser's own
    const [down, right] = MOVES[event.key] ?? [];
    const i = this.buttons.findIndex((row) => row.includes(event.target));
    if (down === undefined || i < 0) return;
    event.preventDefault();
    const j = this.buttons[i].indexOf(event.target);
    const next = this.buttons[i + down]?.[j + right];
    if (!next) return;
    this.focusable(i + down, j + right);
    next.focus();
  }
}

const rowOf = (layer, buttons) => {
  const name = element("th", { scope: "row" }, `layer ${layer}`);
  return element("tr", {}, name, ...buttons.map((button) => element("td", {}, button)));
};

const made = (layer, head, pressed) => {
  const size = { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none" };
  const drawing = svgElement("svg", { ...size, "aria-hidden": true });
  const name = `layer ${layer}, head ${head}`;
  const button = element("button", { type: "button", "aria-label": name }, drawing);
  button.addEventListener("click", () => pressed(layer, head));
  return button;
};

/** A path for each strength, with all lines of that strength. */
const pathsOf = (sheet, { rows, columns }, layer) => {
  const places = STRENGTHS.map(() => []);
  const step = HIGH / Math.max(rows.length, columns.length);
  const height = (place) => ((place + 0.5) * step).toFixed(1);
  rows.forEach((from, i) => {
    columns.forEach((to, j) => {
      const weight = sheet(from, to);
      const k = STRENGTHS.findIndex((least) => weight >= least);
      if (k >= 0) places[k].push(`M0 ${height(i)}L${WIDE} ${height(j)}`);
    });
  });
  return STRENGTHS.flatMap((strength, k) => {
    const path = { d: places[k].join(""), "data-least": strength };
    const pen = { stroke: colourOf(layer), "stroke-opacity": strength + 0.2 };
    const line = { fill: "none", "vector-effect": "non-scaling-stroke" };
    return places[k].length ? [svgElement("path", { ...path, ...pen, ...line })] : [];
  });
};
