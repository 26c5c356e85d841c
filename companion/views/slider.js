// The layer slider: the tokens' vectors as points that move from layer to layer.

import { element, svgElement } from "./elements.js";

const WIDE = 720;
const HIGH = 440;
const MARGIN = 36;
const FULL = 250; // coordinates come as 0 to 250
const NAME = "A point for each token; tokens with similar vectors are close together";

export class LayerSlider {
  constructor(root, { tokens, groups, points, shares }) {
    Object.assign(this, { points, shares });
    const last = points.length - 1;
    this.slider = element("input", { type: "range", min: 0, max: last, value: 0 });
    this.shown = element("output", {});
    this.status = element("p", { class: "status" });
    this.dots = tokens.map((token, i) => dot(token, groups[i]));
    const label = element("label", {}, "Step ", this.slider);
    const controls = element("div", { class: "controls" }, label, this.shown);
    root.replaceChildren(controls, this.stage(), this.status);
    this.slider.addEventListener("input", () => this.move());
    this.move();
  }

  stage() {
    const size = { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "points" };
    const picture = svgElement("svg", size, ...this.dots);
    const attributes = { class: "stage", role: "group", tabindex: 0 };
    return element("div", { ...attributes, "aria-label": NAME }, picture);
  }

  /** Show the step at which the slider stands. */
  move() {
    const step = +this.slider.value;
    this.dots.forEach((dot, i) => {
      const [x, y] = this.points[step][i];
      const left = MARGIN + (x / FULL) * (WIDE - 3 * MARGIN);
      const top = HIGH - MARGIN - (y / FULL) * (HIGH - 2 * MARGIN);
      dot.style.transform = `translate(${left}px, ${top}px)`;
    });
    const place = step === 0 ? "embeddings" : `after layer ${step - 1}`;
    this.shown.textContent = place;
    this.slider.setAttribute("aria-valuetext", place);
    const percent = Math.round(100 * this.shares[step]);
    this.status.textContent = `The plane shows ${percent} % of the spread of these vectors.`;
  }
}

const dot = (token, group) =>
  svgElement(
    "g",
    { class: `dot ${group}` },
    svgElement("circle", { r: 4 }),
    svgElement("text", { x: 7, y: 4 }, token),
  );
