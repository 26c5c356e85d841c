// What a panel shows of a walk through the model: the sum of the embeddings, and a head.
import { make, numberChoice, shade, strip } from "./elements.js";
import { lossWithout } from "./switched.js";

/**
 * @typedef {import("./reader.js").Walked} Walked
 * @typedef {import("./panel.js").Around} Around
 */

const [ABOVE, BELOW] = ["#c46105", "#8a63cf"]; // zero; on a light ground and on a dark one

const piecesOf = (/** @type {Walked} */ { asked, given }) => [
  "[CLS]",
  ...asked.pieces,
  "[SEP]",
  ...given.pieces,
  "[SEP]",
];

/**
 * Row `row` of a tensor with `rows` of them.
 * @param {Float32Array} tensor
 * @param {number} rows
 * @param {number} row
 */
const rowOf = (tensor, rows, row) => {
  const size = tensor.length / rows;
  return tensor.subarray(row * size, (row + 1) * size);
};

const lengthOf = (/** @type {Float32Array} */ vector) => Math.hypot(...vector);

const usual = (/** @type {Float32Array} */ row) =>
  lengthOf(row) / Math.sqrt(row.length);

/**
 * The three vectors of a chosen token, their sum, and what LayerNorm makes of it.
 * @param {Walked} walked
 * @param {string} _text
 * @param {Around} panel
 */
export const showEmbeddings = (walked, _text, { choice }) => {
  const pieces = piecesOf(walked);
  const body = make("div", { role: "status" });
  const pick = (/** @type {number} */ place) => {
    choice.token = place;
    const { words, positions, tokenTypes, total, output } = walked.embeddings;
    const all = /** @type {[string, Float32Array][]} */ ([
      [`word: ${pieces[place]}, id ${walked.ids[place]}`, words],
      [`position ${place}`, positions],
      [`token type ${walked.types[place]}`, tokenTypes],
      ["their sum", total],
      ["after LayerNorm, on a scale of its own", output],
    ]);
    const rows = all.map(([, tensor]) => rowOf(tensor, pieces.length, place));
    const [sum, last] = rows.slice(3).map(usual);
    body.replaceChildren(
      ...rows.map((row, i) => numbersAsStrip(all[i][0], row, 4 * (i < 4 ? sum : last))),
    ); // few numbers are cut off
    shade(tokens, [], place);
  };
  const tokens = strip("Choose a token", pieces, [], pick);
  pick(within(choice.token ?? walked.asked.ids.length + 2, pieces.length));
  return [tokens, body];
};

/**
 * A number that a link may have brought, as a place among `count`.
 * @param {string | number} number
 * @param {number} count
 */
const within = (number, count) =>
  Math.max(0, Math.min(Math.floor(Number(number)) || 0, count - 1));

/**
 * A vector as a row of bars up and down, with its length.
 * @param {string} name
 * @param {Float32Array} vector
 * @param {number} largest
 */
const numbersAsStrip = (name, vector, largest) => {
  const [width, height] = [768, 36];
  const words = `${name}; length ${lengthOf(vector).toFixed(2)}`;
  const canvas = make("canvas", { width, height, role: "img", "aria-label": words });
  const context = canvas.getContext("2d");
  const step = width / vector.length;
  vector.forEach((number, i) => {
    const share = Math.max(-1, Math.min(1, number / largest));
    context.fillStyle = share < 0 ? BELOW : ABOVE;
    context.fillRect(i * step, height / 2, step, (-share * height) / 2);
  });
  return make(
    "figure",
    { class: "live-numbers" },
    make("figcaption", {}, words),
    canvas,
  );
};

/**
 * One head on the reader's text: who reads whom, how one score comes about, and what the
 * answer loses when heads are switched off.
 * @param {Walked} walked
 * @param {string} _text
 * @param {Around} panel
 */
export const showHeads = (walked, _text, { ask, choice: kept }) => {
  const pieces = piecesOf(walked);
  const heads = walked.layers[0].weights.length / pieces.length ** 2;
  const choice = {
    layer: within(kept.layer ?? 0, walked.layers.length),
    head: within(kept.head ?? 0, heads),
    token: within(kept.token ?? 1, pieces.length),
  };
  /** @type {import("./reader.js").Off} */
  const off = new Map(); // sets of heads, by layer

  const change = (/** @type {Partial<typeof choice>} */ more) => {
    const { layer, head, token } = Object.assign(choice, more);
    Object.assign(kept, choice);
    const matrix = rowOf(walked.layers[layer].weights, heads, head); // (T, T)
    const weights = rowOf(matrix, pieces.length, token); // (T,)
    shade(tokens, weights, token);
    switched.checked = off.get(layer)?.has(head) ?? false;
    said.textContent = sentence(pieces, weights, token, layer, head);
    products(why, walked.layers[layer], pieces, heads, head, token, weights);
  };
  let turns = 0; // what is said after the next turn is not shown
  const turn = async () => {
    const set = off.get(choice.layer) ?? new Set();
    if (!set.delete(choice.head)) set.add(choice.head);
    off.set(choice.layer, set);
    const mine = ++turns;
    const words = await lossWithout(off, ask);
    if (mine === turns) effect.textContent = words;
  };

  const layers = walked.layers.length;
  const switched = make("input", { type: "checkbox", onchange: turn });
  const tokens = strip("Choose who reads", pieces, [], (place) =>
    change({ token: place }),
  );
  const [said, effect] = [make("p", { role: "status" }), make("p", { role: "status" })];
  const why = make("details", {}, make("summary"), make("div"));
  const controls = make(
    "div",
    { class: "live-controls" },
    numberChoice("Layer", layers, choice.layer, (number) => change({ layer: number })),
    numberChoice("Head", heads, choice.head, (number) => change({ head: number })),
    make("label", {}, switched, " switched off"),
  );
  change({});
  return [controls, tokens, said, why, effect];
};

/**
 * Whom a token reads most.
 * @param {string[]} pieces
 * @param {Float32Array} weights (T,)
 * @param {number} token
 * @param {number} layer
 * @param {number} head
 */
const sentence = (pieces, weights, token, layer, head) => {
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 4);
  const read = order.map((place) => `${pieces[place]} ${weights[place].toFixed(2)}`);
  return `Layer ${layer}, head ${head}: ${pieces[token]} reads ${read.join(", ")}.`;
};

/**
 * How the largest weight comes about: query times key, number by number.
 * @param {HTMLDetailsElement} details
 * @param {Walked["layers"][number]} traced
 * @param {string[]} pieces
 * @param {number} heads
 * @param {number} head
 * @param {number} token
 * @param {Float32Array} weights (T,)
 */
const products = (details, traced, pieces, heads, head, token, weights) => {
  const read = weights.indexOf(Math.max(...weights));
  const vector = (/** @type {Float32Array} */ all, /** @type {number} */ place) =>
    rowOf(rowOf(all, heads, head), pieces.length, place); // (A, T, D) -> (D,)
  const [query, key] = [vector(traced.queries, token), vector(traced.keys, read)];
  const terms = Float32Array.from(query, (number, i) => number * key[i]);
  const sum = terms.reduce((a, b) => a + b);
  const score = (sum / Math.sqrt(terms.length)).toFixed(2);
  const [summary, body] = details.children;
  summary.textContent = `Why ${pieces[read]}? Its key times ${pieces[token]}'s query`;
  body.replaceChildren(
    numbersAsStrip(`${terms.length} products`, terms, Math.max(...terms.map(Math.abs))),
    make(
      "p",
      {},
      `They add up to ${sum.toFixed(2)}; divided by √${terms.length} that is the score ` +
        `${score}, and the softmax over all ${pieces.length} scores makes ` +
        `${weights[read].toFixed(3)} of it.`,
    ),
  );
};
