// The neuron view: a token's query, the keys, their products, and the weights.

import {
  followTokens,
  frame,
  offerTokens,
  partChoice,
  partsOf,
  strongest,
} from "./attention.js";
import { choice, element, send } from "./elements.js";

/** BertViz counts the layers and the heads that it gets: write their own numbers. */
const renumber = (select, numbers) => {
  for (const option of select.options) option.text = numbers[option.index];
};

export const neuronView = (root, header) => {
  const parts = partsOf(header);
  const { layers, heads } = header;
  const expand = element("input", { type: "checkbox", id: "expand" });
  const controls = [
    choice("Layer", "layer"),
    choice("Head", "att_head"),
    ...partChoice(parts),
    choice("From", "token"),
    element("label", {}, expand, " queries and keys"),
  ];
  const name = "One head: a token's query, the keys, their products and the weights";
  const view = frame(root, name, controls);
  const parameters = {
    attention: parts,
    default_filter: "0",
    root_div_id: root.id,
    bidirectional: true,
    display_mode: root.dataset.mode,
    layer: 0,
    head: 0,
  };
  bertviz(drawNeurons, root, { bertviz_params: parameters });
  renumber(view.find("#layer"), layers);
  renumber(view.find("#att_head"), heads);

  const part = () => parts[view.find("#filter")?.value ?? 0];
  const isExpanded = () =>
    view.find("#expanded").getAttribute("visibility") === "visible";
  const side = () => view.find(isExpanded() ? "#expanded" : "#collapsed");
  const groups = () => [...side().querySelector("#leftText").children];
  const say = (index) => {
    if (index === null) return view.status.replaceChildren();
    const head = part().attn[view.find("#layer").value][view.find("#att_head").value];
    const from = element("bdi", {}, part().left_text[index]);
    const most = strongest(head[index], part().right_text);
    return view.status.replaceChildren(from, " reads: ", ...most);
  };
  const token = view.find("#token");
  const point = followTokens(view, token, groups, say);
  const fit = () => {
    expand.checked = isExpanded();
    root.dataset.expanded = isExpanded();
    const high = 26 * Math.max(part().left_text.length, part().right_text.length);
    const svg = view.find("svg"); // BertViz leaves more empty, and cuts off on a phone
    svg.removeAttribute(isExpanded() ? "viewBox" : "height");
    if (isExpanded()) svg.setAttribute("height", high + 60);
    else svg.setAttribute("viewBox", `0 36 425 ${high + 10}`);
  };
  const dress = () => {
    offerTokens(token, part().left_text);
    fit();
    if (token.value) point();
  };
  dress();
  expand.addEventListener("change", () => {
    send(view.shown, "mouseleave");
    send(groups()[token.value || 0].querySelector("rect:last-child"), "click");
    dress();
  });
  view.stage.addEventListener("click", fit);
  for (const select of root.querySelectorAll("#layer, #att_head, #filter"))
    select.addEventListener("change", dress);
};
