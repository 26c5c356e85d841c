// How the weights of one token come about: its query, each key, their products number by
// number, the sum of these over the square root of D, and the softmax.

import { element, svgElement } from "./elements.js";
import { inDigits } from "./spoken.js";

const HIGH = 20;

/** The numbers of a vector as a strip: orange above zero, purple below, strong where far. */
const strip = (numbers, full) => {
  const cells = numbers.map((number, i) =>
    svgElement("rect", {
      x: i,
      y: 0,
      width: 1,
      height: 1,
      fill: number > 0 ? "var(--above)" : "var(--below)",
      "fill-opacity": (Math.abs(number) / full).toFixed(3),
    }),
  );
  const size = { viewBox: `0 0 ${numbers.length} 1`, preserveAspectRatio: "none" };
  return svgElement("svg", { ...size, height: HIGH, class: "strip" }, ...cells);
};

/** A weight as a bar. */
const bar = (weight) =>
  svgElement(
    "svg",
    { height: HIGH, class: "weight-bar" },
    svgElement("rect", {
      width: `${100 * weight}%`,
      height: "100%",
      fill: "var(--above)",
    }),
  );

const largest = (vectors) => Math.max(1e-9, ...vectors.flat().map(Math.abs));

const signed = (number) => number.toFixed(2).replace("-", "−");

const HEADINGS = ["key", "query × key", "sum / √D", "weight"];

export class Computation {
  /** @param {(...words: string[]) => void} say */
  constructor(say) {
    this.element = element("table", { class: "computation" });
    const tell = ({ target, clientX }) => {
      const drawing = target.closest?.(".strip");
      const words = drawing && this.inWords.get(drawing)?.(shareAt(drawing, clientX));
      if (words) say(words);
    };
    for (const kind of ["pointermove", "pointerdown"])
      this.element.addEventListener(kind, tell);
  }

  /**
   * Show it for one token.
   * @param {import("./weights.js").Weights} weights
   * @param {{layer: number, head: number, token: number, columns: number[]}} chosen
   */
  draw(weights, { layer, head, token, columns }) {
    const query = weights.vector("queries", layer, head, token);
    const keys = columns.map((to) => weights.vector("keys", layer, head, to));
    const products = keys.map((key) => key.map((x, d) => x * query[d]));
    const full = [largest([query]), largest(keys), largest(products)];
    const sheet = weights.sheet(layer, head);
    this.inWords = new Map();
    const rows = columns.map((to, i) => {
      /** @type {[Element, Element]} */
      const strips = [strip(keys[i], full[1]), strip(products[i], full[2])];
      for (const drawn of strips)
        this.inWords.set(drawn, (share) => inWords(share, query, keys[i]));
      const score = products[i].reduce((a, b) => a + b) / Math.sqrt(query.length);
      return rowOf(weights.tokens[to], strips, score, sheet(token, to));
    });
    const head_ = headOf(weights.tokens[token], strip(query, full[0]));
    this.element.replaceChildren(head_, element("tbody", {}, ...rows));
  }
}

const headOf = (token, query) => {
  const name = element("th", { scope: "row" }, "query of ", element("bdi", {}, token));
  const names = HEADINGS.map((words) => element("th", { scope: "col" }, words));
  const [key, product, sum, weight] = names;
  weight.setAttribute("colspan", 2);
  const empty = element("td", { colspan: 4 });
  const corner = element("th", { scope: "col" }, "token");
  return element(
    "thead",
    {},
    element("tr", {}, name, element("td", {}, query), empty),
    element("tr", {}, corner, key, product, sum, weight),
  );
};

const rowOf = (token, [key, product], score, weight) =>
  element(
    "tr",
    { "data-score": score.toFixed(3) },
    element("th", { scope: "row" }, element("bdi", {}, token)),
    element("td", {}, key),
    element("td", {}, product),
    element("td", { class: "digits" }, score.toFixed(1).replace("-", "−")),
    element("td", {}, bar(weight)),
    element("td", { class: "digits" }, inDigits(weight)),
  );

const shareAt = (drawing, x) => {
  const { left, width } = drawing.getBoundingClientRect();
  return Math.min(0.999, Math.max(0, (x - left) / width));
};

const inWords = (share, query, key) => {
  const d = Math.floor(share * query.length);
  const product = signed(query[d] * key[d]);
  return `Dimension ${d}: query ${signed(query[d])} × key ${signed(key[d])} = ${product}`;
};
