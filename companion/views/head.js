// The head view: one layer at a time, all its heads in colours.

import {
  followTokens,
  frame,
  offerTokens,
  partChoice,
  partsOf,
  strongest,
} from "./attention.js";
import { choice, element, send } from "./elements.js";

const HINT =
  "Click a square to switch its head off or on; double-click to see it alone.";

export const headView = (root, header) => {
  const parts = partsOf(header);
  const { layers, heads } = header;
  const single = heads.map((head, i) => [i, `only ${head}`]);
  const controls = [
    choice("Layer", "layer"),
    choice("Heads", "heads", [["some", "some"], ["all", "all"], ...single]),
    ...partChoice(parts),
    choice("From", "token"),
  ];
  const name =
    "Attention, one layer at a time: a line for each weight, a colour for each head";
  const view = frame(root, name, controls);
  bertviz(drawHeads, root, {
    attention: parts,
    default_filter: "0",
    root_div_id: root.id,
    layer: layers[0],
    heads: null,
    include_layers: layers,
  });
  const part = () => parts[view.find("#filter")?.value ?? 0];
  const squares = () => [...view.find("svg").lastElementChild.querySelectorAll("rect")];
  const isOn = (square) => square.__data__; // BertViz binds this to each square
  const say = (index) => {
    if (index === null) return view.status.replaceChildren(HINT);
    const on = heads.filter((_, i) => isOn(squares()[i]));
    const layer = part().attn[layers.indexOf(+view.find("#layer").value)];
    const rows = layer.filter((_, i) => isOn(squares()[i])).map((head) => head[index]);
    const mean = rows[0].map(
      (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length,
    );
    const from = element("bdi", {}, part().left_text[index]);
    const which = on.length === 1 ? `head ${on[0]}` : `mean of ${on.length} heads`;
    const most = strongest(mean, part().right_text);
    return view.status.replaceChildren(from, ` reads, ${which}: `, ...most);
  };
  const token = view.find("#token");
  const point = followTokens(
    view,
    token,
    () => [...view.find("#left").lastElementChild.children],
    say,
  );
  const choose = view.find("#heads");
  const onSwitch = () => {
    const on = squares().map(isOn);
    const count = on.filter(Boolean).length;
    choose.value =
      count === on.length ? "all" : count === 1 ? on.indexOf(true) : "some";
    strengthen(root);
    say(token.value === "" ? null : +token.value);
  };
  choose.addEventListener("change", () => {
    const wanted = choose.value;
    const isDone = () => wanted === "some" || choose.value === wanted;
    const target = squares()[wanted === "all" ? squares().findIndex(isOn) : wanted];
    onSwitch(); // what is on; then BertViz's double click: this one alone, again for all
    for (let times = 0; times < 2 && !isDone(); times += 1) send(target, "dblclick");
  });
  const dress = () => {
    offerTokens(token, part().left_text);
    dressSquares(squares(), heads, isOn, onSwitch);
    onSwitch();
    if (token.value) point();
  };
  dress();
  for (const select of root.querySelectorAll("#layer, #filter"))
    select.addEventListener("change", dress);
};

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
const dressSquares = (squares, heads, isOn, onSwitch) => {
  const group = squares[0].parentNode;
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "Heads");
  const numbers = squares.map((square, i) =>
    d3
      .select(group)
      .append("text")
      .attr("class", "number")
      .attr("x", +square.getAttribute("x") + 10)
      .attr("y", 14)
      .text(heads[i])
      .node(),
  );
  const update = () =>
    squares.forEach((square, i) => {
      square.setAttribute("aria-checked", Boolean(isOn(square)));
      numbers[i].style.fill = isLight(square.getAttribute("fill")) ? "#000" : "#fff";
      numbers[i].style.textDecoration = isOn(square) ? "" : "line-through";
    });
  const switched = () => {
    update();
    onSwitch();
  };
  squares.forEach((square, i) => {
    square.setAttribute("role", "checkbox");
    square.setAttribute("tabindex", 0);
    square.setAttribute("aria-label", `head ${heads[i]}`);
    square.addEventListener("click", switched);
    square.addEventListener("dblclick", switched);
    square.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      send(square, event.key === " " ? "click" : "dblclick");
    });
  });
  update();
};

/** Whether black is better read on a colour than white: by its luminance, as WCAG has it. */
const isLight = (colour) => {
  const { r, g, b } = d3.rgb(colour);
  const linear = [r, g, b].map((x) => ((x / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.18;
};
