// The buttons below a view: take it along as a picture, or as a link.

import { button, element } from "./elements.js";
import { hasAddress, share } from "./links.js";
import { asPng, asSvg, pictureOf } from "./saving.js";

/** Let the browser save what was made. */
const download = (blob, name) => {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
};

const nameOf = ({ root, state }) => {
  const choices = Object.entries(state).map(([name, value]) => `${name}-${value}`);
  return [`${root.dataset.kind}-view`, ...choices].join("-");
};

/** @param {import("./view.js").View} view */
export const toolsOf = (view) => {
  const answer = element("span", { role: "status" });
  const save = async (kind, make) => {
    const picture = pictureOf(view.root, [...view.legend, view.stage], nameOf(view));
    download(await make(picture), `${nameOf(view)}.${kind}`);
  };
  const made = [
    button("Save as SVG", () => save("svg", asSvg)),
    button("Save as PNG", () => save("png", asPng)),
  ];
  const copy = async () => {
    answer.textContent = await share(view.root.id, view.state);
  };
  if (hasAddress()) made.push(button("Copy a link", copy));
  return element("div", { class: "tools" }, ...made, answer);
};
