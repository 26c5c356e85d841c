// The model view: all layers and heads at once, small; one of them can be enlarged.

import { frame, partChoice, partsOf, strongest } from "./attention.js";
import { choice, element, send } from "./elements.js";

export const modelView = (root, header) => {
  const parts = partsOf(header);
  const { layers, heads } = header;
  const pairs = layers.flatMap((layer, i) =>
    heads.map((head, j) => [i, j, layer, head]),
  );
  const options = pairs.map(([, , layer, head], k) => [
    k,
    `layer ${layer}, head ${head}`,
  ]);
  const enlarge = choice("Enlarge", "enlarged", [["", "none"], ...options]);
  const name =
    "Attention of all layers and heads: a row for each layer, a column for each head";
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
    if (k < 0) return view.status.replaceChildren();
    const part = parts[view.find("#filter")?.value ?? 0];
    const [i, j, layer, head] = pairs[k];
    const most = part.attn[i][j].map((row) => Math.max(...row));
    const index = most.indexOf(Math.max(...most));
    const from = element("bdi", {}, part.left_text[index]);
    const start = `Layer ${layer}, head ${head}: the strongest line goes from `;
    const [to, weight] = strongest(part.attn[i][j][index], part.right_text);
    return view.status.replaceChildren(
      start,
      from,
      " to ",
      to,
      weight.replace(", ", "."),
    );
  };
  select.addEventListener("change", () => {
    const wanted = select.value;
    const k = wanted === "" ? opened() : wanted;
    send(backgrounds()[k]?.parentNode.lastElementChild, "click");
    root
      .querySelector("rect.detail")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  view.stage.addEventListener("click", say);
  view.find("#filter")?.addEventListener("change", say);
};
