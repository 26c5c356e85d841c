// The layer slider: the tokens' vectors as points that move from layer to layer.

import { element, svgElement } from "./elements.js";

const WIDE = 720;
const HIGH = 440;
const MARGIN = 36;
const FULL = 250; // coordinates come as 0 to 250

export const sliderView = (root, { tokens, groups, points, shares }) => {
  const last = points.length - 1;
  const place = (step) => (step === 0 ? "embeddings" : `after layer ${step - 1}`);
  const slider = element("input", {
    type: "range",
    min: 0,
    max: last,
    value: 0,
    step: 1,
  });
  const shown = element("output", {});
  const label = element("label", {}, "Step ", slider);
  const status = element("p", { class: "status" });
  const picture = svgElement("svg", {
    viewBox: `0 0 ${WIDE} ${HIGH}`,
    class: "points",
  });
  const stage = element("div", { class: "stage", role: "group", tabindex: 0 }, picture);
  stage.setAttribute(
    "aria-label",
    "A point for each token; tokens with similar vectors are close together",
  );
  root.replaceChildren(
    element("div", { class: "controls" }, label, shown),
    stage,
    status,
  );
  const dots = tokens.map((token, i) => {
    const name = svgElement("text", { x: 7, y: 4 }, token);
    const dot = svgElement(
      "g",
      { class: `dot ${groups[i]}` },
      svgElement("circle", { r: 4 }),
      name,
    );
    picture.append(dot);
    return dot;
  });
  const move = () => {
    const step = +slider.value;
    dots.forEach((dot, i) => {
      const [x, y] = points[step][i];
      const left = MARGIN + (x / FULL) * (WIDE - 3 * MARGIN);
      const top = HIGH - MARGIN - (y / FULL) * (HIGH - 2 * MARGIN);
      dot.style.transform = `translate(${left}px, ${top}px)`;
    });
    shown.textContent = place(step);
    const percent = Math.round(100 * shares[step]);
    status.textContent = `The plane shows ${percent} % of the spread of these vectors.`;
    slider.setAttribute("aria-valuetext", place(step));
  };
  slider.addEventListener("input", move);
  move();
};
