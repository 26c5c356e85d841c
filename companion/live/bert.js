// BERT's parts, as companion/embeddings.py, attention.py, encoder.py and qa_head.py have
// them. A tensor is a Float32Array; comments give its shape, row by row. T tokens, H
// hidden size, A heads, D = H / A, I intermediate size.

import { layerNorm } from "./formulas.js";

/**
 * @typedef {import("./kernel.js").Matrix} Matrix
 * @typedef {import("./kernel.js").Kernel} Kernel
 * @typedef {{ weight: Matrix, bias: Float32Array }} Linear
 * @typedef {import("./formulas.js").LayerNorm} LayerNorm
 * @typedef {(ids: number[]) => Float32Array} Table rows of a table, (T,) -> (T, H)
 */

/**
 * The vectors that enter the encoder, and the three terms they add up; (T, H) each.
 * @param {{ words: Table, positions: Table, tokenTypes: Table, LayerNorm: LayerNorm }} embeddings
 * @param {number[]} ids (T,)
 * @param {number[]} types (T,)
 */
export const embed = (embeddings, ids, types) => {
  const words = embeddings.words(ids); // (T,) -> (T, H)
  const tokenTypes = embeddings.tokenTypes(types);
  const positions = embeddings.positions(ids.map((_, place) => place));
  const total = add(add(words, tokenTypes), positions); // (T, H)
  const output = layerNorm(embeddings.LayerNorm, total);
  return { words, tokenTypes, positions, total, output };
};

/** The sum of two tensors of one shape. */
const add = (/** @type {Float32Array} */ one, /** @type {Float32Array} */ other) => {
  const sums = new Float32Array(one.length);
  for (let i = 0; i < one.length; i++) sums[i] = one[i] + other[i];
  return sums;
};

/**
 * Walk through one layer: attention, then feed-forward; (T, H) -> (T, H) in `output`.
 * @param {Kernel} kernel
 * @param {any} layer the modules by the names of the library's tree
 * @param {Float32Array} hidden (T, H), the residual stream
 * @param {number} heads A
 * @param {Set<number>} [off] heads that are switched off
 */
export const traceLayer = (kernel, layer, hidden, heads, off = new Set()) => {
  const linear = (module, x) => kernel.linear(x, module.weight, module.bias);
  const { self, output: projection } = layer.attention;
  const size = self.query.weight.rows; // H
  const [queries, keys, values] = [self.query, self.key, self.value].map((module) =>
    splitHeads(linear(module, hidden), size, heads),
  ); // (T, H) -> (A, T, D) each
  const scores = attentionScores(kernel, queries, keys, heads, size / heads); // (A, T, T)
  const weights = kernel.softmax(scores, hidden.length / size);
  const context = gather(kernel, weights, values, heads, size, off); // -> (T, H)
  const attended = layerNorm(
    projection.LayerNorm,
    add(linear(projection.dense, context), hidden),
  ); // (T, H)
  const inner = kernel.gelu(linear(layer.intermediate.dense, attended)); // (T, H) -> (T, I)
  const output = layerNorm(
    layer.output.LayerNorm,
    add(linear(layer.output.dense, inner), attended),
  ); // (T, I) -> (T, H)
  return { queries, keys, values, scores, weights, context, attended, inner, output };
};

/** Cut each vector into `heads` pieces: (T, H) -> (A, T, D). */
export const splitHeads = (vectors, size, heads) => {
  const [tokens, piece] = [vectors.length / size, size / heads];
  const pieces = new Float32Array(vectors.length);
  for (let head = 0; head < heads; head++) {
    for (let token = 0; token < tokens; token++) {
      const from = token * size + head * piece;
      pieces.set(vectors.subarray(from, from + piece), (head * tokens + token) * piece);
    }
  }
  return pieces;
};

/** Score how well each query fits each key: two (A, T, D) -> (A, T, T). */
const attentionScores = (kernel, queries, keys, heads, piece) => {
  const tokens = queries.length / heads / piece;
  const scores = new Float32Array(heads * tokens * tokens);
  for (let head = 0; head < heads; head++) {
    const [query, key] = [queries, keys].map((all) => part(all, heads, head)); // (T, D)
    const products = kernel.product(query, key, piece); // (T, D), (T, D) -> (T, T)
    for (let i = 0; i < products.length; i++) {
      scores[head * products.length + i] = products[i] / Math.sqrt(piece);
    }
  }
  return scores;
};

/** One of `count` equal parts. */
const part = (all, count, number) =>
  all.subarray((number * all.length) / count, ((number + 1) * all.length) / count);

/** Take what the weights say of the values: (A, T, T), (A, T, D) -> (T, H). */
const gather = (kernel, weights, values, heads, size, off) => {
  const [tokens, piece] = [values.length / size, size / heads];
  const context = new Float32Array(values.length); // a head that is off leaves zeros
  for (let head = 0; head < heads; head++) {
    if (off.has(head)) continue;
    const columns = transpose(part(values, heads, head), piece); // (T, D) -> (D, T)
    const gathered = kernel.product(part(weights, heads, head), columns, tokens);
    for (let token = 0; token < tokens; token++) {
      const row = gathered.subarray(token * piece, (token + 1) * piece); // (D,)
      context.set(row, token * size + head * piece);
    }
  }
  return context;
};

/** (N, columns) -> (columns, N). */
const transpose = (matrix, columns) => {
  const rows = matrix.length / columns;
  const result = new Float32Array(matrix.length);
  for (let i = 0; i < matrix.length; i++) {
    result[(i % columns) * rows + Math.floor(i / columns)] = matrix[i];
  }
  return result;
};

/**
 * Walk through the model and keep every intermediate.
 * @param {Kernel} kernel
 * @param {any} model
 * @param {number[]} ids (T,)
 * @param {number[]} types (T,)
 * @param {Map<number, Set<number>>} [off] heads that are switched off, by layer
 */
export const trace = (kernel, model, ids, types, off = new Map()) => {
  const embeddings = embed(model.embeddings, ids, types);
  let hidden = embeddings.output;
  const layers = model.layers.map((layer, number) => {
    const traced = traceLayer(kernel, layer, hidden, model.heads, off.get(number));
    hidden = traced.output;
    return traced;
  });
  return { embeddings, layers, logits: spanLogits(kernel, model.qaOutputs, hidden) };
};

/**
 * The same without keeping anything: a long text has many windows, and a page little room.
 * @param {Kernel} kernel
 * @param {any} model
 * @param {number[]} ids (T,)
 * @param {number[]} types (T,)
 * @param {Map<number, Set<number>>} [off]
 */
export const logitsOf = (kernel, model, ids, types, off = new Map()) => {
  let hidden = embed(model.embeddings, ids, types).output;
  model.layers.forEach((layer, number) => {
    hidden = traceLayer(kernel, layer, hidden, model.heads, off.get(number)).output;
  });
  return spanLogits(kernel, model.qaOutputs, hidden);
};

/**
 * Give each token two numbers: how well it would start the answer, and end it.
 * @param {Kernel} kernel
 * @param {Linear} qaOutputs
 * @param {Float32Array} hidden (T, H)
 */
export const spanLogits = (kernel, qaOutputs, hidden) => {
  const logits = kernel.linear(hidden, qaOutputs.weight, qaOutputs.bias); // -> (T, 2)
  const [starts, ends] = [0, 1].map((which) =>
    logits.filter((_, i) => i % 2 === which),
  );
  return { starts, ends }; // (T,) each
};
