// A view as a picture of its own: one SVG, with the colours and letters that it has on
// the page, whatever HTML and drawings it is made of.

import { svgElement } from "./elements.js";

const KEPT = [
  ...["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "opacity"],
  ...["font-family", "font-size", "font-weight", "text-anchor", "text-decoration-line"],
  ...["stroke-dasharray", "transform", "paint-order", "vector-effect"],
];

/** A copy of a drawing with its styles in it, and without what is not to be seen. */
const copied = (drawing) => {
  const copy = drawing.cloneNode(true);
  const [from, to] = [drawing, copy].map((svg) => [...svg.querySelectorAll("*")]);
  from.forEach((original, i) => {
    const style = getComputedStyle(original);
    if (style.display === "none" || style.visibility === "hidden") {
      to[i].remove();
      return;
    }
    const kept = KEPT.map((name) => `${name}:${style.getPropertyValue(name)}`);
    to[i].setAttribute("style", kept.join(";"));
    to[i].removeAttribute("class");
  });
  return copy;
};

/** The grounds of an element of HTML and the words in it, as parts of a drawing. */
const flat = (html, place) => {
  if (html.matches(".heading button")) return []; // it closes what is shown
  const style = getComputedStyle(html);
  const parts = [];
  if (html.checkVisibility() && style.backgroundColor !== "rgba(0, 0, 0, 0)") {
    const box = place(html);
    const rx = Number.parseFloat(style.borderRadius) || 0;
    parts.push(svgElement("rect", { ...box, rx, fill: style.backgroundColor }));
  }
  for (const child of html.childNodes) {
    if (child instanceof SVGSVGElement) parts.push(nested(child, place));
    else if (child instanceof HTMLElement) parts.push(...flat(child, place));
    else if (child.nodeType === Node.TEXT_NODE && child.data.trim())
      parts.push(text(child, style, place));
  }
  return parts;
};

const nested = (drawing, place) => {
  const copy = copied(drawing);
  for (const [name, value] of Object.entries(place(drawing)))
    copy.setAttribute(name, value);
  copy.removeAttribute("class");
  return copy;
};

const text = (node, style, place) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const { x, y, height } = place(range);
  const size = Number.parseFloat(style.fontSize);
  const attributes = { x, y: y + height / 2 + 0.36 * size, fill: style.color };
  attributes["font-family"] = style.fontFamily;
  attributes["font-weight"] = style.fontWeight;
  attributes["font-size"] = size;
  return svgElement("text", attributes, node.data.trim());
};

const EDGE = 12;

/**
 * The picture of a view: what stands in `parts`, on the view's ground.
 * @param {HTMLElement[]} parts - one below the other
 * @param {string} title
 */
export const pictureOf = (root, parts, title) => {
  for (const box of root.querySelectorAll(".wide")) box.scrollLeft = 0;
  let top = EDGE;
  let wide = 0;
  const drawn = [];
  for (const part of parts) {
    const { left: x0, top: y0 } = part.getBoundingClientRect();
    const start = top;
    const place = (what) => {
      const { x, y, width, height } = what.getBoundingClientRect();
      wide = Math.max(wide, x - x0 + width);
      return { x: EDGE + x - x0, y: start + y - y0, width, height };
    };
    drawn.push(...flat(part, place));
    top += part.scrollHeight + EDGE;
  }
  const size = { width: Math.ceil(wide + 2 * EDGE), height: Math.ceil(top) };
  const fill = getComputedStyle(root).getPropertyValue("--ground");
  const ground = svgElement("rect", { ...size, fill });
  const name = svgElement("title", {}, title);
  return svgElement("svg", { ...size, role: "img" }, name, ground, ...drawn);
};

const asText = (picture) => new XMLSerializer().serializeToString(picture);

export const asSvg = async (picture) =>
  new Blob([asText(picture)], { type: "image/svg+xml" });

/** Twice as fine as the page, for a slide or a sheet of paper. */
export const asPng = async (picture) => {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => {
    canvas.toBlob(done, "image/png");
  });
};
