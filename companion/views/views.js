// Views of attention: unpack the numbers, let BertViz draw them, and add what it lacks:
// controls for the keyboard and for touch, words for a screen reader, the page's colours.

/** An element; `words` are set as text, so a token is never read as HTML. */
const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** A labelled choice. BertViz fills its own by their ids, so `options` may be missing. */
const choice = (label, id, options = []) => {
  const select = element("select", { id });
  options.forEach(([value, text]) => select.append(element("option", { value }, text)));
  return element("label", {}, `${label} `, select);
};

/** The header and the arrays that `packing.py` packed. */
const unpack = async (text) => {
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  let start = 4 + new DataView(buffer).getUint32(0);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, start - 4)));
  for (const [name, shape] of Object.entries(header.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1);
    header[name] = nested(new Uint8Array(buffer, start, size), shape);
    start += size;
  }
  return header;
};

/** Flat numbers as lists of lists; the innermost stay typed arrays, which are small. */
const nested = (flat, shape) => {
  if (shape.length === 1) return flat;
  const size = flat.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) =>
    nested(flat.subarray(i * size, (i + 1) * size), shape.slice(1)),
  );
};

/** The weights, queries and keys of each part that can be chosen, as BertViz wants them. */
const partsOf = (header) => {
  const { tokens, levels } = header;
  const each = (array, change) =>
    array.map((layer, i) => layer.map((head, j) => change(head, i, j)));
  const vectors = (name, places) =>
    header[name] &&
    each(header[name], (head, i, j) =>
      places.map((k) => Array.from(head[k], (x) => (x - 128) * header[`${name}_steps`][i][j])),
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

// Colours. The built book says its mode, and so do JupyterLab and VS Code.

const isDark = () => {
  const { documentElement: page, body } = document;
  if (page.dataset.theme) return page.dataset.theme === "dark";
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  if (body.dataset.vscodeThemeKind) return /dark|black/.test(body.dataset.vscodeThemeKind);
  return matchMedia("(prefers-color-scheme: dark)").matches;
};

const followColours = () => {
  for (const root of document.querySelectorAll(".attention-view[data-mode]")) {
    const mode = isDark() ? "dark" : "light";
    if (root.dataset.mode === mode) continue;
    root.dataset.mode = mode;
    root.redraw?.();
  }
};

// The parts that all three views share.

/** The frame around a drawing: controls above, a box that scrolls, a line of words. */
const frame = (root, name, controls) => {
  const stage = element("div", { class: "stage", role: "group", tabindex: 0 });
  stage.setAttribute("aria-label", name);
  stage.append(element("div", { id: "vis" }));
  const said = element("p", { class: "said", role: "status" });
  const bar = element("div", { class: "controls" }, ...controls);
  root.replaceChildren(bar, stage, said);
  return { stage, said, find: (what) => root.querySelector(what) };
};

const partChoice = (parts) => {
  const options = parts.map((part, i) => [i, part.name]);
  return options.length > 1 ? [choice("Show", "filter", options)] : [];
};

/** Fill the choice of a token with those at the left, and keep the chosen one. */
const offerTokens = (select, tokens) => {
  const before = select.value;
  const options = tokens.map((token, i) => element("option", { value: i }, `${i} ${token}`));
  select.replaceChildren(element("option", { value: "" }, "none"), ...options);
  select.value = tokens[before] === undefined ? "" : before;
};

const send = (target, kind) =>
  target?.dispatchEvent(new MouseEvent(kind, { bubbles: kind.endsWith("click") }));

/** In words: the tokens that get the most. */
const strongest = (weights, tokens) =>
  [...weights.keys()]
    .sort((a, b) => weights[b] - weights[a])
    .slice(0, 3)
    .flatMap((i) => [element("bdi", {}, tokens[i]), ` ${weights[i].toFixed(2)}, `])
    .map((part, i, all) => (i === all.length - 1 ? part.slice(0, -2) : part));

/** Choosing a token does what pointing at it does, and pointing at one chooses it. */
const followTokens = (view, select, groups, onChoice) => {
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

// The head view.

const headView = (root, header) => {
  const parts = partsOf(header);
  const { layers, heads } = header;
  const single = heads.map((head, i) => [i, `only ${head}`]);
  const controls = [
    choice("Layer", "layer"),
    choice("Heads", "heads", [["some", "some"], ["all", "all"], ...single]),
    ...partChoice(parts),
    choice("From", "token"),
  ];
  const name = "Attention, one layer at a time: a line for each weight, a colour for each head";
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
    if (index === null) return view.said.replaceChildren(HINT);
    const on = heads.filter((_, i) => isOn(squares()[i]));
    const layer = part().attn[layers.indexOf(+view.find("#layer").value)];
    const rows = layer.filter((_, i) => isOn(squares()[i])).map((head) => head[index]);
    const mean = rows[0].map((_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
    const from = element("bdi", {}, part().left_text[index]);
    const which = on.length === 1 ? `head ${on[0]}` : `mean of ${on.length} heads`;
    const most = strongest(mean, part().right_text);
    return view.said.replaceChildren(from, ` reads, ${which}: `, ...most);
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
    choose.value = count === on.length ? "all" : count === 1 ? on.indexOf(true) : "some";
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

const HINT = "A click on a square switches a head off or on; a double click shows it alone.";

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

// The model view.

const modelView = (root, header) => {
  const parts = partsOf(header);
  const { layers, heads } = header;
  const pairs = layers.flatMap((layer, i) => heads.map((head, j) => [i, j, layer, head]));
  const options = pairs.map(([, , layer, head], k) => [k, `layer ${layer}, head ${head}`]);
  const enlarge = choice("Enlarge", "enlarged", [["", "none"], ...options]);
  const name = "Attention of all layers and heads: a row for each layer, a column for each head";
  const view = frame(root, name, [enlarge, ...partChoice(parts)]);
  bertviz(drawModel, root, {
    attention: parts,
    default_filter: "0",
    display_mode: root.dataset.mode,
    root_div_id: root.id,
    include_layers: layers,
    include_heads: heads,
    total_heads: heads.length,
  });
  const select = view.find("#enlarged");
  const backgrounds = () => [...root.querySelectorAll(".attn_background")];
  const isOpen = (background) => +background.getAttribute("stroke-opacity") > 0;
  const opened = () => backgrounds().findIndex(isOpen);
  const say = () => {
    const k = opened();
    select.value = k < 0 ? "" : k;
    if (k < 0) return view.said.replaceChildren();
    const part = parts[view.find("#filter")?.value ?? 0];
    const [i, j, layer, head] = pairs[k];
    const row = part.attn[i][j].reduce((a, b) => (Math.max(...b) > Math.max(...a) ? b : a));
    const from = element("bdi", {}, part.left_text[part.attn[i][j].indexOf(row)]);
    const start = `Layer ${layer}, head ${head}: the strongest line goes from `;
    const [to, weight] = strongest(row, part.right_text);
    return view.said.replaceChildren(start, from, " to ", to, weight.replace(", ", "."));
  };
  select.addEventListener("change", () => {
    const wanted = select.value;
    const k = wanted === "" ? opened() : wanted;
    send(backgrounds()[k]?.parentNode.lastElementChild, "click");
    root.querySelector("rect.detail")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  view.stage.addEventListener("click", say);
  view.find("#filter")?.addEventListener("change", say);
};

// The neuron view.

const neuronView = (root, header) => {
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
  [...view.find("#layer").options].forEach((option, i) => (option.text = layers[i]));
  [...view.find("#att_head").options].forEach((option, i) => (option.text = heads[i]));

  const part = () => parts[view.find("#filter")?.value ?? 0];
  const isExpanded = () => view.find("#expanded").getAttribute("visibility") === "visible";
  const side = () => view.find(isExpanded() ? "#expanded" : "#collapsed");
  const groups = () => [...side().querySelector("#leftText").children];
  const say = (index) => {
    if (index === null) return view.said.replaceChildren();
    const head = part().attn[view.find("#layer").value][view.find("#att_head").value];
    const from = element("bdi", {}, part().left_text[index]);
    const most = strongest(head[index], part().right_text);
    return view.said.replaceChildren(from, " reads: ", ...most);
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

// All views of the page.

const KINDS = { head: headView, model: modelView, neuron: neuronView, layers: sliderView };

/** Draw one view; draw it again, with the choices kept, when the colours change. */
const show = async (root) => {
  const header = await unpack(root.dataset.packed);
  const kind = KINDS[root.dataset.kind];
  kind(root, header);
  root.style.minHeight = "";
  if (kind !== neuronView) return; // the others take their colours from the style sheet
  root.redraw = () => {
    const before = [...root.querySelectorAll("select")].map((select) => select.value);
    const expanded = root.querySelector("#expand").checked;
    kind(root, header);
    if (expanded) root.querySelector("#expand").click();
    root.querySelectorAll("select").forEach((select, i) => {
      select.value = before[i];
      select.dispatchEvent(new Event("change"));
    });
  };
};

const nearby = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      nearby.unobserve(target);
      show(target).catch((error) => {
        target.replaceChildren(element("p", {}, `This view cannot be drawn: ${error.message}`));
        throw error;
      });
    }
  },
  { rootMargin: "300px" },
);

/** Find the views that came into the page; each is drawn when it comes near. */
function draw() {
  for (const root of document.querySelectorAll(".attention-view:not([data-mode])")) {
    root.dataset.mode = isDark() ? "dark" : "light";
    const namesakes = [...document.querySelectorAll(`[id="${root.id}"]`)];
    if (namesakes.length > 1) root.id += `-${namesakes.indexOf(root)}`; // shown twice
    nearby.observe(root);
  }
}

const watched = { attributes: true, attributeFilter: ["data-theme", "data-jp-theme-light"] };
const colours = new MutationObserver(followColours);
colours.observe(document.documentElement, watched);
colours.observe(document.body, {
  attributes: true,
  attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"],
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", followColours);
