// What a drawing of lines is made of, and where: the names at both sides, and the lines.

import { svgElement } from "./elements.js";

export const ROW = 26; // pixels from token to token: a finger's least is 24
export const TOP = 4;
export const LEFT = 30; // percent of the width at which names end and lines begin
export const RIGHT = 70;
const LEAST = 0.02; // of the strongest: a weaker line could not be seen

/** The colour of a head, or of a layer: there are twelve. */
export const colourOf = (number) => `var(--colour-${number % 12})`;

/** The middle of a row. */
export const heightOf = (place) => TOP + (place + 0.5) * ROW;

/**
 * The lines that can be seen: the strongest full, the others in proportion.
 * @param {{rows: number[], columns: number[]}} shown
 * @param {{head: number, colour: string, sheet: import("./weights.js").Sheet}[]} heads
 */
export const linesOf = ({ rows, columns }, heads) => {
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
    const place = { top: heightOf(i), bottom: heightOf(j) };
    const drawn = { ...line, ...place, strength: line.weight / full };
    return { ...drawn, node: nodeOf(drawn) };
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
export const namesOf = (tokens, shown, edge) => {
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
