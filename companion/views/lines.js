// Tokens at the left, tokens at the right, and a line from each to those that it reads.

import { svgElement } from "./elements.js";
import { inDigits } from "./spoken.js";

const ROW = 26; // pixels from word to word: a finger's least is 24
const TOP = 4;
const LEFT = 30; // percent of the width at which the words end and the lines begin
const RIGHT = 70;
const NEAR = 12; // pixels from the pointer to a line that is meant
const LEAST = 0.02; // of the strongest: a weaker line could not be seen

/** @typedef {{head: number, from: number, to: number, weight: number}} Line */
/** @typedef {{side: "left" | "right", token: number} | {line: Line}} Place */

/** The colour of a head, or of a layer: there are twelve. */
export const colourOf = (number) => `var(--colour-${number % 12})`;

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
    Object.assign(this, { tokens, ...shown, heads });
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

  /** What is under the pointer. */
  at({ clientX, clientY }) {
    const box = this.svg.getBoundingClientRect();
    const x = (100 * (clientX - box.left)) / box.width;
    const y = clientY - box.top;
    const [side, tokens] = x < LEFT ? ["left", this.rows] : ["right", this.columns];
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

  /** Colours behind the words at the other side: a stripe for each head's weight. */
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

const heightOf = (place) => TOP + (place + 0.5) * ROW;

const weightAt = (sheet, side, token, other) =>
  side === "left" ? sheet(token, other) : sheet(other, token);

const belongs = ({ from, to }, place) =>
  !place || (place.side === "left" ? from : to) === place.token;

const number = (x, y, anchor, weight) =>
  svgElement("text", { x, y: y + 4, "text-anchor": anchor }, inDigits(weight));

/** The lines that can be seen: the strongest full, the others in proportion. */
const linesOf = ({ rows, columns }, heads) => {
  const all = heads.flatMap(({ head, colour, sheet }) =>
    rows.flatMap((from, i) =>
      columns.map((to, j) => ({
        head,
        colour,
        from,
        to,
        i,
        j,
        weight: sheet(from, to),
      })),
    ),
  );
  const full = all.reduce((top, { weight }) => Math.max(top, weight), 1e-9);
  const seen = all.filter(({ weight }) => weight >= LEAST * full);
  return seen.map(({ i, j, ...line }) => {
    const drawn = { ...line, strength: line.weight / full };
    Object.assign(drawn, { top: heightOf(i), bottom: heightOf(j) });
    drawn.node = nodeOf(drawn);
    return drawn;
  });
};

const nodeOf = ({ head, from, to, top, bottom, colour, strength }) =>
  svgElement("line", {
    "data-head": head,
    "data-from": from,
    "data-to": to,
    x1: `${LEFT}%`,
    y1: top,
    x2: `${RIGHT}%`,
    y2: bottom,
    stroke: colour,
    "stroke-opacity": strength.toFixed(3),
  });

/** The words of one side, and a dashed line where some between them are left out. */
const namesOf = (tokens, shown, edge) => {
  const isLeft = edge < LEFT;
  const x = isLeft ? 0 : `${RIGHT}%`;
  return shown.map((token, place) => {
    const top = TOP + place * ROW;
    const box = { class: "ground", x, y: top, width: `${LEFT}%`, height: ROW };
    const anchor = isLeft ? "end" : "start";
    const text = { x: `${edge}%`, y: top + 18, "text-anchor": anchor };
    const name = svgElement("g", { "data-token": token }, svgElement("rect", box));
    if (place && token > shown[place - 1] + 1) {
      const end = isLeft ? `${LEFT}%` : "100%";
      const gap = { class: "gap", x1: x, x2: end, y1: top, y2: top };
      name.append(svgElement("line", gap));
    }
    name.append(svgElement("text", text, tokens[token]));
    return name;
  });
};
