// The points of the layer slider, of which some have their names.

import { svgElement } from "./elements.js";
import { placed } from "./labels.js";

const HIGH = 420;
const MARGIN = 20;
const FULL = 250; // coordinates come as 0 to 250
const NEAR = 16; // pixels from the pointer to a point that is meant

export class Dots {
  /**
   * @param {{tokens: string[], groups: string[]}} there
   * @param {string} name
   * @param {(token: number | null) => void} point - a token is pointed at, or none
   */
  constructor({ tokens, groups }, name, point) {
    this.dots = tokens.map((token, i) => dot(token, groups[i]));
    const attributes = { class: "points", role: "img", "aria-label": name };
    this.svg = svgElement("svg", { ...attributes, height: HIGH }, ...this.dots);
    const send = (event) => point(this.nearest(event));
    this.svg.addEventListener("pointermove", send);
    this.svg.addEventListener("pointerdown", send);
    this.svg.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") point(null);
    });
  }

  /**
   * Move the points, and name some.
   * @param {Uint8Array[]} coordinates - two for each token
   * @param {Set<number>} named
   */
  move(coordinates, named) {
    const wide = Math.max(300, this.svg.clientWidth);
    this.svg.setAttribute("viewBox", `0 0 ${wide} ${HIGH}`);
    this.places = this.dots.map((_, i) => {
      const [x, y] = coordinates[i];
      return {
        x: MARGIN + (x / FULL) * (wide - 2 * MARGIN),
        y: HIGH - MARGIN - (y / FULL) * (HIGH - 2 * MARGIN),
      };
    });
    this.dots.forEach((group, i) => {
      const { x, y } = this.places[i];
      group.style.transform = `translate(${x}px, ${y}px)`;
      group.classList.toggle("named", named.has(i));
    });
    this.nameSome([...named], { wide, high: HIGH });
  }

  nameSome(named, room) {
    const points = named.map((i) => {
      const wide = this.dots[i].lastElementChild.getComputedTextLength();
      return { ...this.places[i], wide };
    });
    placed(points, this.places, room).forEach(([left, middle], k) => {
      const [, leader, name] = this.dots[named[k]].children;
      name.setAttribute("x", left);
      name.setAttribute("y", middle + 4);
      const end = left < 0 ? left + points[k].wide : left;
      const isAcross = left <= 0 && end >= 0; // above its point, or below
      const isFar = Math.hypot(isAcross ? 0 : end, middle) > 16;
      leader.setAttribute("x2", isFar ? end : 0);
      leader.setAttribute("y2", isFar ? middle : 0);
    });
  }

  nearest({ clientX, clientY }) {
    const { left, top } = this.svg.getBoundingClientRect();
    const off = ({ x, y }) => Math.hypot(left + x - clientX, top + y - clientY);
    const offs = this.places.map(off);
    const least = Math.min(...offs);
    return least < NEAR ? offs.indexOf(least) : null;
  }
}

const dot = (token, group) =>
  svgElement(
    "g",
    { class: "dot", "data-group": group },
    svgElement("circle", { r: 4.5 }),
    svgElement("line", { class: "leader" }),
    svgElement("text", {}, token),
  );
