// What the head view, the model view and the neuron view have in common: BertViz draws
// them, and this adds controls for the keyboard and for touch, and words to hear.

import { choice, element, send } from "./elements.js";

/** The weights, queries and keys of each part that can be chosen, as BertViz wants them. */
export const partsOf = (header) => {
  const { tokens, levels } = header;
  const each = (array, change) =>
    array.map((layer, i) => layer.map((head, j) => change(head, i, j)));
  const vectors = (name, places) =>
    header[name] &&
    each(header[name], (head, i, j) =>
      places.map((k) =>
        Array.from(head[k], (x) => (x - 128) * header[`${name}_steps`][i][j]),
      ),
    );
  return header.parts.map((part) => {
    const rows = part.rows.map((token) => header.rows.indexOf(token));
    const columns = part.columns.map((token) => header.columns.indexOf(token));
    return {
      name: part.name,
      left_text: part.rows.map((token) => tokens[token]),
      right_text: part.columns.map((token) => tokens[token]),
      attn: each(header.weights, (head) =>
        rows.map((i) => columns.map((j) => (head[i][j] / levels) ** 2)),
      ),
      queries: vectors("queries", rows),
      keys: vectors("keys", columns),
    };
  });
};

/** The frame around a drawing: controls above, a box that scrolls, a line of words. */
export const frame = (root, name, controls) => {
  const stage = element("div", { class: "stage", role: "group", tabindex: 0 });
  stage.setAttribute("aria-label", name);
  stage.append(element("div", { id: "vis" }));
  const status = element("p", { class: "status", role: "status" });
  const bar = element("div", { class: "controls" }, ...controls);
  root.replaceChildren(bar, stage, status);
  return { stage, status, find: (what) => root.querySelector(what) };
};

export const partChoice = (parts) => {
  const options = parts.map((part, i) => [i, part.name]);
  return options.length > 1 ? [choice("Show", "filter", options)] : [];
};

/** Offer the tokens at the left, and keep the chosen one. */
export const offerTokens = (select, tokens) => {
  const before = select.value;
  const options = tokens.map((token, i) =>
    element("option", { value: i }, `${i} ${token}`),
  );
  select.replaceChildren(element("option", { value: "" }, "none"), ...options);
  select.value = tokens[before] === undefined ? "" : before;
};

/** In words: the tokens that get the most. */
export const strongest = (weights, tokens) =>
  [...weights.keys()]
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, 3)
    .flatMap((i) => [element("bdi", {}, tokens[i]), ` ${weights[i].toFixed(2)}, `])
    .map((part, i, all) => (i === all.length - 1 ? part.slice(0, -2) : part));

/** Let choosing a token do what pointing at it does, and pointing at one choose it. */
export const followTokens = (view, select, groups, onChoice) => {
  const point = () => {
    send(view.shown, "mouseleave");
    const index = select.value;
    if (index === "") return onChoice(null);
    view.shown = groups()[index];
    send(view.shown, "mouseover");
    return onChoice(+index);
  };
  select.addEventListener("change", point);
  view.stage.addEventListener("mouseover", (event) => {
    const index = groups().findIndex((group) => group.contains(event.target));
    if (index < 0) return;
    select.value = index;
    onChoice(index);
  });
  view.stage.addEventListener("mouseleave", () => {
    select.value = "";
    onChoice(null);
  });
  return point;
};
