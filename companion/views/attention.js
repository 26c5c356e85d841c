// What the head view, the model view and the neuron view have in common: BertViz draws
// them, and this adds controls for the keyboard and for touch, and words to hear.

import { choice, element, send } from "./elements.js";

const weightsOf = (header, rows, columns) =>
  header.weights.map((layer) =>
    layer.map((head) =>
      rows.map((i) => columns.map((j) => (head[i][j] / header.levels) ** 2)),
    ),
  );

const vectorsOf = (header, name, places) =>
  header[name]?.map((layer, i) =>
    layer.map((head, j) => {
      const step = header[`${name}_steps`][i][j];
      return places.map((k) => Array.from(head[k], (x) => (x - 128) * step));
    }),
  );

/** A part of the weights that can be chosen, as BertViz wants it. */
const partOf = (header, { name, rows, columns }) => {
  const across = rows.map((token) => header.rows.indexOf(token));
  const down = columns.map((token) => header.columns.indexOf(token));
  return {
    name,
    left_text: rows.map((token) => header.tokens[token]),
    right_text: columns.map((token) => header.tokens[token]),
    attn: weightsOf(header, across, down),
    queries: vectorsOf(header, "queries", across),
    keys: vectorsOf(header, "keys", down),
  };
};

/** In words: the tokens that get the most. */
export const strongest = (weights, tokens) =>
  [...weights.keys()]
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, 3)
    .flatMap((i) => [element("bdi", {}, tokens[i]), ` ${weights[i].toFixed(2)}, `])
    .map((part, i, all) => (i === all.length - 1 ? part.slice(0, -2) : part));

/** A view in its frame. Each kind has `groups`, the tokens at the left, and `say`. */
export class AttentionView {
  constructor(root, header) {
    this.root = root;
    this.layers = header.layers;
    this.heads = header.heads;
    this.parts = header.parts.map((part) => partOf(header, part));
  }

  find(what) {
    return this.root.querySelector(what);
  }

  /** The part of the weights that is chosen. */
  part() {
    return this.parts[this.find("#filter")?.value ?? 0];
  }

  partChoice() {
    const options = this.parts.map((part, i) => [i, part.name]);
    return options.length > 1 ? [choice("Show", "filter", options)] : [];
  }

  /** Controls above, a box that scrolls, a line of words. */
  frame(name, controls) {
    this.stage = element("div", { class: "stage", role: "group", tabindex: 0 });
    this.stage.setAttribute("aria-label", name);
    this.stage.append(element("div", { id: "vis" }));
    this.status = element("p", { class: "status", role: "status" });
    const bar = element("div", { class: "controls" }, ...controls);
    this.root.replaceChildren(bar, this.stage, this.status);
  }

  onChange(selects, action) {
    for (const select of this.root.querySelectorAll(selects))
      select.addEventListener("change", action);
  }

  /** Offer the tokens at the left, and keep the chosen one. */
  offerTokens() {
    const select = this.find("#token");
    const before = select.value;
    const tokens = this.part().left_text;
    const options = tokens.map((token, i) =>
      element("option", { value: i }, `${i} ${token}`),
    );
    select.replaceChildren(element("option", { value: "" }, "none"), ...options);
    select.value = tokens[before] === undefined ? "" : before;
  }

  /** The number of the chosen token, or null. */
  chosenToken() {
    const { value } = this.find("#token");
    return value === "" ? null : +value;
  }

  /** Do what pointing at the chosen token does. */
  point() {
    const index = this.chosenToken();
    send(this.pointed, "mouseleave");
    if (index !== null) {
      this.pointed = this.groups()[index];
      send(this.pointed, "mouseover");
    }
    this.say(index);
  }

  /** After a change of what is drawn: point at the token again, if it is still there. */
  pointAgain() {
    if (this.chosenToken() === null) this.say(null);
    else this.point();
  }

  /** Choosing a token points at it, and pointing at one chooses it. */
  followTokens() {
    const select = this.find("#token");
    select.addEventListener("change", () => this.point());
    this.stage.addEventListener("mouseover", ({ target }) => {
      const index = this.groups().findIndex((group) => group.contains(target));
      if (index < 0) return;
      select.value = index;
      this.say(index);
    });
    this.stage.addEventListener("mouseleave", () => {
      select.value = "";
      this.say(null);
    });
  }
}
