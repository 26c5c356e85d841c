// The neuron view: a token's query, the keys, their products, and the weights.

import { AttentionView, strongest } from "./attention.js";
import { choice, element, send } from "./elements.js";

/** BertViz counts the layers and the heads that it gets: write their own numbers. */
const renumber = (select, numbers) => {
  for (const option of select.options) option.text = numbers[option.index];
};

export class NeuronView extends AttentionView {
  constructor(root, header) {
    super(root, header);
    this.expand = element("input", { type: "checkbox", id: "expand" });
    this.frame(
      "One head: a token's query, the keys, their products and the weights",
      this.controls(),
    );
    this.draw();
    this.followTokens();
    this.dress();
    this.expand.addEventListener("change", () => this.toggle());
    this.stage.addEventListener("click", () => this.fit());
    this.onChange("#layer, #att_head, #filter", () => this.dress());
  }

  controls() {
    return [
      choice("Layer", "layer"),
      choice("Head", "att_head"),
      ...this.partChoice(),
      choice("From", "token"),
      element("label", {}, this.expand, " queries and keys"),
    ];
  }

  draw() {
    const parameters = {
      attention: this.parts,
      default_filter: "0",
      root_div_id: this.root.id,
      bidirectional: true,
      display_mode: this.root.dataset.mode,
      layer: 0,
      head: 0,
    };
    bertviz(drawNeurons, this.root, { bertviz_params: parameters });
    renumber(this.find("#layer"), this.layers);
    renumber(this.find("#att_head"), this.heads);
  }

  isExpanded() {
    return this.find("#expanded").getAttribute("visibility") === "visible";
  }

  groups() {
    const side = this.find(this.isExpanded() ? "#expanded" : "#collapsed");
    return [...side.querySelector("#leftText").children];
  }

  say(index) {
    if (index === null) return this.status.replaceChildren();
    const { attn, left_text, right_text } = this.part();
    const head = attn[this.find("#layer").value][this.find("#att_head").value];
    const from = element("bdi", {}, left_text[index]);
    const most = strongest(head[index], right_text);
    return this.status.replaceChildren(from, " reads: ", ...most);
  }

  /** Make the drawing as high as its tokens: BertViz leaves more empty, or cuts off. */
  fit() {
    const isExpanded = this.isExpanded();
    this.expand.checked = isExpanded;
    this.root.dataset.expanded = isExpanded;
    const { left_text, right_text } = this.part();
    const high = 26 * Math.max(left_text.length, right_text.length);
    const svg = this.find("svg");
    svg.removeAttribute(isExpanded ? "viewBox" : "height");
    if (isExpanded) svg.setAttribute("height", high + 60);
    else svg.setAttribute("viewBox", `0 36 425 ${high + 10}`);
  }

  /** Show or hide queries and keys, by a click on BertViz's sign beside the token. */
  toggle() {
    send(this.pointed, "mouseleave");
    const group = this.groups()[this.chosenToken() ?? 0];
    send(group.querySelector("rect:last-child"), "click");
    this.dress();
  }

  /** BertViz draws a layer, a head or a part anew: fit it, and keep the token. */
  dress() {
    this.offerTokens();
    this.fit();
    this.pointAgain();
  }

  /** Draw it in the page's new colours, with the choices kept. */
  redraw(header) {
    const choices = [...this.root.querySelectorAll("select")];
    const before = choices.map((select) => select.value);
    const after = new NeuronView(this.root, header);
    if (this.expand.checked) after.expand.click();
    this.root.querySelectorAll("select").forEach((select, i) => {
      select.value = before[i];
      select.dispatchEvent(new Event("change"));
    });
    return after;
  }
}
