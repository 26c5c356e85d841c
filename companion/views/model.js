// The model view: all layers and heads at once, small; one of them can be enlarged.

import { AttentionView, strongest } from "./attention.js";
import { choice, element, send } from "./elements.js";

export class ModelView extends AttentionView {
  constructor(root, header) {
    super(root, header);
    this.pairs = this.layers.flatMap((layer, i) =>
      this.heads.map((head, j) => ({ i, j, name: `layer ${layer}, head ${head}` })),
    );
    this.frame(
      "Attention of all layers and heads: a row for each layer, a column for each head",
      this.controls(),
    );
    this.draw();
    this.onChange("#enlarged", () => this.enlarge());
    this.stage.addEventListener("click", () => this.say());
    this.onChange("#filter", () => this.say());
  }

  controls() {
    const options = this.pairs.map(({ name }, k) => [k, name]);
    const enlarge = choice("Enlarge", "enlarged", [["", "none"], ...options]);
    return [enlarge, ...this.partChoice()];
  }

  draw() {
    bertviz(drawModel, this.root, {
      attention: this.parts,
      default_filter: "0",
      display_mode: this.root.dataset.mode,
      root_div_id: this.root.id,
      include_layers: this.layers,
      include_heads: this.heads,
      total_heads: this.heads.length,
    });
  }

  backgrounds() {
    return [...this.root.querySelectorAll(".attn_background")];
  }

  /** The place of the enlarged drawing among all, or -1. */
  enlarged() {
    const isOpen = (background) => +background.getAttribute("stroke-opacity") > 0;
    return this.backgrounds().findIndex(isOpen);
  }

  /** Enlarge the chosen drawing, or none, by BertViz's click. */
  enlarge() {
    const wanted = this.find("#enlarged").value;
    const k = wanted === "" ? this.enlarged() : wanted;
    send(this.backgrounds()[k]?.parentNode.lastElementChild, "click");
    const nearest = { block: "nearest", inline: "nearest" };
    this.find("rect.detail")?.scrollIntoView(nearest);
  }

  say() {
    const k = this.enlarged();
    this.find("#enlarged").value = k < 0 ? "" : k;
    if (k < 0) return this.status.replaceChildren();
    const { i, j, name } = this.pairs[k];
    const { attn, left_text, right_text } = this.part();
    const most = attn[i][j].map((row) => Math.max(...row));
    const index = most.indexOf(Math.max(...most));
    const [to, weight] = strongest(attn[i][j][index], right_text);
    const start = `L${name.slice(1)}: the strongest line goes from `;
    const from = element("bdi", {}, left_text[index]);
    const end = weight.replace(", ", ".");
    return this.status.replaceChildren(start, from, " to ", to, end);
  }
}
