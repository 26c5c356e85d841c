// The head view: one layer at a time, all its heads in colours.

import { AttentionView, strongest } from "./attention.js";
import { choice, element, send } from "./elements.js";

const HINT =
  "Click a square to switch its head off or on; double-click to see it alone.";

export class HeadView extends AttentionView {
  constructor(root, header) {
    super(root, header);
    this.frame(
      "Attention, one layer at a time: a line for each weight, a colour for each head",
      this.controls(),
    );
    this.draw();
    this.followTokens();
    this.onChange("#heads", () => this.choose());
    this.dress();
    this.onChange("#layer, #filter", () => this.dress());
  }

  controls() {
    const single = this.heads.map((head, i) => [i, `only ${head}`]);
    return [
      choice("Layer", "layer"),
      choice("Heads", "heads", [["some", "some"], ["all", "all"], ...single]),
      ...this.partChoice(),
      choice("From", "token"),
    ];
  }

  draw() {
    bertviz(drawHeads, this.root, {
      attention: this.parts,
      default_filter: "0",
      root_div_id: this.root.id,
      layer: this.layers[0],
      heads: null,
      include_layers: this.layers,
    });
  }

  groups() {
    return [...this.find("#left").lastElementChild.children];
  }

  squares() {
    return [...this.find("svg").lastElementChild.querySelectorAll("rect")];
  }

  say(index) {
    if (index === null) return this.status.replaceChildren(HINT);
    const on = this.squares().map(isOn);
    const heads = this.heads.filter((_, i) => on[i]);
    const layer = this.part().attn[this.layers.indexOf(+this.find("#layer").value)];
    const rows = layer.filter((_, i) => on[i]).map((head) => head[index]);
    const from = element("bdi", {}, this.part().left_text[index]);
    const which =
      heads.length === 1 ? `head ${heads[0]}` : `mean of ${heads.length} heads`;
    const most = strongest(mean(rows), this.part().right_text);
    return this.status.replaceChildren(from, ` reads, ${which}: `, ...most);
  }

  /** Say which heads are on, in the choice and in words. */
  onSwitch() {
    const on = this.squares().map(isOn);
    const count = on.filter(Boolean).length;
    this.find("#heads").value =
      count === on.length ? "all" : count === 1 ? on.indexOf(true) : "some";
    strengthen(this.root);
    this.say(this.chosenToken());
  }

  /** Switch on the chosen head alone, or all: by BertViz's double click, sent twice. */
  choose() {
    const chosen = this.find("#heads");
    const squares = this.squares();
    const wanted = chosen.value;
    const isDone = () => wanted === "some" || chosen.value === wanted;
    const target = squares[wanted === "all" ? squares.findIndex(isOn) : wanted];
    this.onSwitch();
    for (let times = 0; times < 2 && !isDone(); times += 1) send(target, "dblclick");
  }

  /** BertViz draws a layer or a part anew: add again what it lacks. */
  dress() {
    this.offerTokens();
    dressSquares(this.squares(), this.heads, () => this.onSwitch());
    this.onSwitch();
    this.pointAgain();
  }
}

/** Whether the head of a square is on, which BertViz binds to the square. */
const isOn = (square) => square.__data__;

const mean = (rows) =>
  rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);

/** Draw the strongest line full, and the others in proportion.
 *
 * BertViz divides a weight by the number of heads that are on; over a long text, where
 * each weight is small, nothing would be left to see.
 */
const strengthen = (root) => {
  const lines = d3.select(root).selectAll("#attention line");
  const strength = (line) => +line.getAttribute("stroke-opacity");
  const most = d3.max(lines.nodes(), strength);
  if (most > 0) lines.attr("stroke-opacity", (_, i, all) => strength(all[i]) / most);
};

/** Make each head's square a check box: numbered, reached by Tab, switched by a key. */
const dressSquares = (squares, heads, onSwitch) => {
  const group = squares[0].parentNode;
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Heads");
  const numbers = squares.map((square, i) => number(square, heads[i]));
  const update = () =>
    squares.forEach((square, i) => {
      square.setAttribute("aria-checked", Boolean(isOn(square)));
      numbers[i].style.textDecoration = isOn(square) ? "" : "line-through";
      numbers[i].style.fill = isLight(square.getAttribute("fill")) ? "#000" : "#fff";
    });
  const switched = () => {
    update();
    onSwitch();
  };
  squares.forEach((square, i) => {
    dressSquare(square, heads[i], switched);
  });
  update();
};

/** Write a head's number on its square. */
const number = (square, head) =>
  d3
    .select(square.parentNode)
    .append("text")
    .attr("class", "number")
    .attr("x", +square.getAttribute("x") + 10)
    .attr("y", 14)
    .text(head)
    .node();

const dressSquare = (square, head, switched) => {
  square.setAttribute("role", "checkbox");
  square.setAttribute("tabindex", 0);
  square.setAttribute("aria-label", `head ${head}`);
  square.addEventListener("click", switched);
  square.addEventListener("dblclick", switched);
  square.addEventListener("keydown", (event) => {
    if (event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    send(square, event.key === " " ? "click" : "dblclick");
  });
};

/** Whether black reads better on a colour than white: by its luminance, as in WCAG. */
const isLight = (colour) => {
  const { r, g, b } = d3.rgb(colour);
  const linear = [r, g, b].map((x) => ((x / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18;
};
