// BERT's body, as companion/embeddings.py and encoder.py have it. A tensor is a
// Float32Array; comments give its shape, row by row. T tokens, H hidden size, A heads,
// D = H / A, I intermediate size.
import { attentionScores, gather, splitHeads } from "./attention.js";
import { layerNorm } from "./formulas.js";

/**
 * @typedef {import("./kernel.js").Matrix} Matrix
 * @typedef {import("./kernel.js").Kernel} Kernel
 * @typedef {{ weight: Matrix, bias: Float32Array }} Linear
 * @typedef {import("./formulas.js").LayerNorm} LayerNorm
 * @typedef {(ids: number[]) => Float32Array} Table rows of a table, (T,) -> (T, H)
 *
 * @typedef {object} Embeddings
 * @property {Table} words
 * @property {Table} positions
 * @property {Table} tokenTypes
 * @property {LayerNorm} LayerNorm
 *
 * @typedef {object} Layer the modules by the names of the library's tree
 * @property {{ self: Record<"query" | "key" | "value", Linear>, output: Closing }} attention
 * @property {{ dense: Linear }} intermediate
 * @property {Closing} output
 *
 * @typedef {{ dense: Linear, LayerNorm: LayerNorm }} Closing
 * @typedef {{ heads: number, embeddings: Embeddings, layers: Layer[] }} Body
 */

/**
 * The vectors that enter the encoder, and the three terms they add up; (T, H) each.
 * @param {Embeddings} embeddings
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
 * @param {Layer} layer
 * @param {Float32Array} hidden (T, H), the residual stream
 * @param {number} heads A
 * @param {Set<number>} [off] heads that are switched off
 */
export const traceLayer = (kernel, layer, hidden, heads, off = new Set()) => {
  const linear = (/** @type {Linear} */ module, /** @type {Float32Array} */ x) =>
    kernel.linear(x, module.weight, module.bias);
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

/**
 * Walk through the model's body and keep every intermediate.
 * @param {Kernel} kernel
 * @param {Body} body
 * @param {number[]} ids (T,)
 * @param {number[]} types (T,)
 * @param {Map<number, Set<number>>} [off] heads that are switched off, by layer
 */
export const trace = (kernel, body, ids, types, off = new Map()) => {
  const embeddings = embed(body.embeddings, ids, types);
  let hidden = embeddings.output;
  const layers = body.layers.map((layer, number) => {
    const traced = traceLayer(kernel, layer, hidden, body.heads, off.get(number));
    hidden = traced.output;
    return traced;
  });
  return { embeddings, layers, hidden };
};

/**
 * The last hidden state alone, (T, H): a long text has many windows, a page little room.
 * @param {Kernel} kernel
 * @param {Body} body
 * @param {number[]} ids (T,)
 * @param {number[]} types (T,)
 * @param {Map<number, Set<number>>} [off]
 */
export const encode = (kernel, body, ids, types, off = new Map()) => {
  let hidden = embed(body.embeddings, ids, types).output;
  body.layers.forEach((layer, number) => {
    hidden = traceLayer(kernel, layer, hidden, body.heads, off.get(number)).output;
  });
  return hidden;
};
