// Tokens at the left, tokens at the right, and a line from each to those that it reads.

import { svgElement } from "./elements.js";
import { inDigits } from "./spoken.js";
import { heightOf, LEFT, linesOf, namesOf, RIGHT, ROW, TOP } from "./strokes.js";

const NEAR = 12; // pixels from the pointer to a line that is meant

/** @typedef {{head: number, from: number, to: number, weight: number}} Line */
/** @typedef {{side?: "left" | "right", token?: number, line?: Line}} Place - a word or a line */

export class Lines {
  /**
   * @param {string} name - what a screen reader calls the drawing
   * @param {(place: Place | null) => void} point
   * @param {(place: Place | null) => void} choose
   */
  constructor(name, point, choose) {
    this.svg = svgElement("svg", { class: "lines", role: "img", "aria-label": name });
    this.svg.addEventListener("pointermove", (event) => point(this.at(event)));
    this.svg.addEventListener("pointerdown", (event) => point(this.at(event)));
    this.svg.addEventListener("click", (event) => choose(this.at(event)));
    this.svg.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType === "mouse") point(null); // a finger leaves whenever it is lifted
    });
  }

  /**
   * Draw these tokens' lines in the given heads.
   * @param {string[]} tokens
   * @param {{rows: number[], columns: number[]}} shown
   * @param {{head: number, colour: string, sheet: import("./weights.js").Sheet}[]} heads
   */
  draw(tokens, shown, heads) {
    this.rows = shown.rows;
    this.columns = shown.columns;
    this.heads = heads;
    const high = 2 * TOP + ROW * Math.max(this.rows.length, this.columns.length);
    this.svg.setAttribute("height", high);
    this.drawn = linesOf(shown, heads);
    this.stripes = svgElement("g", { class: "stripes" });
    this.numbers = svgElement("g", { class: "numbers" });
    this.svg.replaceChildren(
      this.stripes,
      svgElement("g", {}, ...this.drawn.map(({ node }) => node)),
      svgElement("g", { class: "left" }, ...namesOf(tokens, this.rows, LEFT - 1)),
      svgElement("g", { class: "right" }, ...namesOf(tokens, this.columns, RIGHT + 1)),
      this.numbers,
    );
  }

  /**
   * What is under the pointer.
   * @returns {Place | null}
   */
  at({ clientX, clientY }) {
    const box = this.svg.getBoundingClientRect();
    const x = (100 * (clientX - box.left)) / box.width;
    const y = clientY - box.top;
    const side = x < LEFT ? "left" : "right";
    const tokens = side === "left" ? this.rows : this.columns;
    const token = tokens[Math.floor((y - TOP) / ROW)];
    if (x < LEFT || x > RIGHT) return token === undefined ? null : { side, token };
    return this.nearest((x - LEFT) / (RIGHT - LEFT), y);
  }

  /** The line nearest to a height, at a share of the way; of two, the stronger. */
  nearest(share, y) {
    const offOf = ({ top, bottom, strength, node }) =>
      node.classList.contains("away")
        ? Number.POSITIVE_INFINITY
        : Math.abs(top + share * (bottom - top) - y) + (NEAR / 2) * (1 - strength);
    let [nearest, least] = [null, NEAR];
    for (const line of this.drawn) {
      const off = offOf(line);
      if (off < least) [nearest, least] = [line, off];
    }
    return nearest && { line: nearest };
  }

  /**
   * Show what belongs to a place alone; everything for null.
   * @param {Place | null} place
   * @param {Place | null} kept - what is shown while a line is pointed at
   */
  show(place, kept = null) {
    const around = place?.line ? kept : place;
    for (const line of this.drawn) {
      line.node.classList.toggle("away", !belongs(line, around));
      line.node.classList.toggle("meant", line === place?.line);
    }
    for (const side of ["left", "right"])
      for (const { dataset } of this.svg.querySelector(`.${side}`).children)
        dataset.meant = place?.side === side && +dataset.token === place.token;
    this.stripes.replaceChildren(...(place?.side ? this.stripesOf(place) : []));
    this.numbers.replaceChildren(...this.numbersOf(place));
  }

  /**
   * Colours behind the words at the other side: a stripe for each head's weight.
   * @param {Place} place
   */
  stripesOf({ side, token }) {
    const [tokens, start] = side === "left" ? [this.columns, RIGHT] : [this.rows, 0];
    const wide = LEFT / this.heads.length;
    const one = (head, i, other, place) =>
      svgElement("rect", {
        x: `${start + i * wide}%`,
        y: TOP + place * ROW,
        width: `${wide}%`,
        height: ROW,
        fill: head.colour,
        opacity: (0.6 * weightAt(head.sheet, side, token, other)).toFixed(3),
      });
    return this.heads.flatMap((head, i) =>
      tokens.map((other, place) => one(head, i, other, place)),
    );
  }

  /** The weights in digits: beside the words at the other side, or at one line. */
  numbersOf(place) {
    if (place?.line) {
      const { top, bottom, weight } = place.line;
      return [number("50%", (top + bottom) / 2, "middle", weight)];
    }
    if (!place) return [];
    const isLeft = place.side === "left";
    const [tokens, x] = isLeft ? [this.columns, RIGHT - 1] : [this.rows, LEFT + 1];
    return tokens.flatMap((other, i) => {
      const weights = this.heads.map(({ sheet }) =>
        weightAt(sheet, place.side, place.token, other),
      );
      const mean = weights.reduce((a, b) => a + b) / weights.length;
      return mean < 0.05
        ? []
        : [number(`${x}%`, heightOf(i), isLeft ? "end" : "start", mean)];
    });
  }
}

const weightAt = (sheet, side, token, other) =>
  side === "left" ? sheet(token, other) : sheet(other, token);

const belongs = ({ from, to }, place) =>
  !place || (place.side === "left" ? from : to) === place.token;

const number = (x, y, anchor, weight) =>
  svgElement("text", { x, y: y + 4, "text-anchor": anchor }, inDigits(weight));
