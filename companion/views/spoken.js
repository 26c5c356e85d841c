// Sentences about weights. A token stands in an element of its own, whatever it holds.

import { element } from "./elements.js";
import { most } from "./weights.js";

/** @typedef {{token: number, weight: number}} Share */

const word = (token) => element("bdi", {}, token);

/** Three digits where two would round to nothing or to all. */
export const inDigits = (weight) =>
  weight.toFixed(weight > 0.0005 && weight < 0.005 ? 3 : 2);

/**
 * "Who 0.98, ? 0.01".
 * @param {string[]} tokens
 * @param {Share[]} shares
 */
export const listed = (tokens, shares) =>
  shares.flatMap(({ token, weight }, i) => [
    i ? ", " : "",
    word(tokens[token]),
    ` ${inDigits(weight)}`,
  ]);

/** "head 8", or "mean of 12 heads". */
const named = (heads) =>
  heads.length === 1 ? `head ${heads[0]}` : `mean of ${heads.length} heads`;

/** Which tokens a token reads. */
const reads = (tokens, token, heads, shares) => [
  word(tokens[token]),
  ` reads, ${named(heads)}: `,
  ...listed(tokens, shares),
];

/** Which tokens read a token. */
const isRead = (tokens, token, heads, shares) => [
  word(tokens[token]),
  ` is read most, ${named(heads)}, by: `,
  ...listed(tokens, shares),
];

/**
 * What is pointed at in lines of weights: a word at the left, at the right, or a line.
 * @param {import("./weights.js").Sheet} sheet - of these heads, or their mean
 */
export const sentenceAt = (place, { tokens, rows, columns }, heads, sheet) => {
  if (place.line) return oneLine(tokens, place.line);
  const { side, token } = place;
  if (side === "left")
    return reads(
      tokens,
      token,
      heads,
      most(columns, (to) => sheet(token, to)),
    );
  return isRead(
    tokens,
    token,
    heads,
    most(rows, (from) => sheet(from, token)),
  );
};

/** What one line shows. */
const oneLine = (tokens, { head, from, to, weight }) => [
  word(tokens[from]),
  ` reads `,
  word(tokens[to]),
  `, head ${head}: ${inDigits(weight)}`,
];

/** What stands out in a head. */
export const strongestLine = (tokens, layer, head, sheet, { rows, columns }) => {
  const lines = rows.flatMap((from) =>
    columns.map((to) => ({ from, to, weight: sheet(from, to) })),
  );
  const top = lines.reduce((best, line) => (line.weight > best.weight ? line : best));
  return [
    `Layer ${layer}, head ${head}: the strongest line goes from `,
    word(tokens[top.from]),
    " to ",
    word(tokens[top.to]),
    ` ${inDigits(top.weight)}.`,
  ];
};
