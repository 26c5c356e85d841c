// What a panel shows of a walk through the model: the sum of the embeddings, and a head.
import { make, numberChoice, score, strip } from "./elements.js";

const piecesOf = ({ asked, given }) => [
  "[CLS]",
  ...asked.pieces,
  "[SEP]",
  ...given.pieces,
  "[SEP]",
];

/** Row `row` of a tensor with `rows` of them. */
const rowOf = (tensor, rows, row) => {
  const size = tensor.length / rows;
  return tensor.subarray(row * size, (row + 1) * size);
};

const lengthOf = (vector) => Math.hypot(...vector);

/** The three vectors of a chosen token, their sum, and what LayerNorm makes of it. */
export const showEmbeddings = (walked) => {
  const pieces = piecesOf(walked);
  const body = make("div", {});
  const pick = (/** @type {number} */ place) => {
    const { words, positions, tokenTypes, total, output } = walked.embeddings;
    const rows = [
      [`word: ${pieces[place]}, id ${walked.ids[place]}`, words],
      [`position ${place}`, positions],
      [`token type ${walked.types[place]}`, tokenTypes],
      ["their sum", total],
      ["after LayerNorm", output],
    ].map(([name, tensor]) => [name, rowOf(tensor, pieces.length, place)]);
    const sum = rows[3][1];
    const largest = (4 * lengthOf(sum)) / Math.sqrt(sum.length); // few numbers are cut off
    body.replaceChildren(
      strip("Choose a token", pieces, [], pick, place),
      ...rows.map(([name, row]) => numbersAsStrip(name, row, largest)),
    );
  };
  pick(Math.min(walked.asked.ids.length + 2, pieces.length - 1));
  return [body];
};

/** A vector as a row of bars up and down, with its length. */
const numbersAsStrip = (name, vector, largest) => {
  const [width, height] = [768, 36];
  const words = `${name}; length ${lengthOf(vector).toFixed(2)}`;
  const canvas = make("canvas", { width, height, role: "img", "aria-label": words });
  const context = canvas.getContext("2d");
  const step = width / vector.length;
  vector.forEach((number, i) => {
    const share = Math.max(-1, Math.min(1, number / largest));
    context.fillStyle = share < 0 ? "#c8640a" : "#2f7fd0";
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
 * @param {any} walked
 * @param {string} _text
 * @param {(off: Map<number, Set<number>>) => Promise<any>} askWithout
 */
export const showHeads = (
  walked,
  _text,
  askWithout,
  choice = { layer: 0, head: 0 },
) => {
  const pieces = piecesOf(walked);
  const heads = walked.layers[0].weights.length / pieces.length ** 2;
  const state = { token: Math.min(1, pieces.length - 1), off: new Map(), ...choice };
  const [view, effect] = [make("div", {}), make("div", { role: "status" })];

  const change = (more) => {
    Object.assign(state, more);
    const { layer, head, token, off } = state;
    const isOff = off.get(layer)?.has(head) ?? false;
    const layerTrace = walked.layers[layer];
    const matrix = rowOf(layerTrace.weights, heads, head); // (T, T)
    const weights = rowOf(matrix, pieces.length, token); // (T,)
    view.replaceChildren(
      make(
        "div",
        { class: "live-controls" },
        numberChoice("Layer", walked.layers.length, layer, (n) => change({ layer: n })),
        numberChoice("Head", heads, head, (n) => change({ head: n })),
        make(
          "label",
          {},
          make("input", { type: "checkbox", checked: isOff, onchange: () => turn() }),
          " switched off",
        ),
      ),
      strip(
        "Choose who reads",
        pieces,
        weights,
        (place) => change({ token: place }),
        token,
      ),
      make("p", {}, sentence(pieces, weights, token, layer, head)),
      products(layerTrace, pieces, heads, head, token, weights),
    );
  };

  const turn = async () => {
    const set = state.off.get(state.layer) ?? new Set();
    if (!set.delete(state.head)) set.add(state.head);
    state.off.set(state.layer, set);
    change({});
    const [before, after] = await Promise.all([
      askWithout(new Map()),
      askWithout(state.off),
    ]);
    effect.replaceChildren(make("p", {}, loss(before, after, state.off)));
  };
  change({});
  return [view, effect];
};

const sentence = (pieces, weights, token, layer, head) => {
  const order = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 4);
  const read = order.map((place) => `${pieces[place]} ${weights[place].toFixed(2)}`);
  return `Layer ${layer}, head ${head}: ${pieces[token]} reads ${read.join(", ")}.`;
};

/** How the largest weight comes about: query times key, number by number. */
const products = (traced, pieces, heads, head, token, weights) => {
  const read = weights.indexOf(Math.max(...weights));
  const [query, key] = [
    [traced.queries, token],
    [traced.keys, read],
  ].map(([all, place]) => rowOf(rowOf(all, heads, head), pieces.length, place)); // (D,)
  const terms = [...query].map((number, i) => number * key[i]);
  const sum = terms.reduce((a, b) => a + b);
  const largest = Math.max(...terms.map(Math.abs));
  const root = `√${terms.length}`;
  return make(
    "details",
    {},
    make("summary", {}, `Why ${pieces[read]}? Its key times ${pieces[token]}'s query`),
    numbersAsStrip(`${terms.length} products`, Float32Array.from(terms), largest),
    make(
      "p",
      {},
      `They add up to ${sum.toFixed(2)}; divided by ${root} that is the score ` +
        `${(sum / Math.sqrt(terms.length)).toFixed(2)}, and the softmax over all ` +
        `${pieces.length} scores makes ${weights[read].toFixed(3)} of it.`,
    ),
  );
};

const loss = (before, after, off) => {
  const count = [...off.values()].reduce((sum, set) => sum + set.size, 0);
  const told = ({ answers: [best], noAnswer }) =>
    noAnswer > best.score
      ? `no answer (${score(noAnswer)})`
      : `${best.answer} (${score(best.score)})`;
  return `With all heads: ${told(before)}. With ${count} switched off: ${told(after)}.`;
};
