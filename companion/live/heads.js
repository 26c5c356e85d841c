// The heads on the body: companion/qa_head.py, and the masked-word head of
// companion/pretraining/heads.py. V is the size of the vocabulary.
import { layerNorm } from "./formulas.js";

/**
 * @typedef {import("./kernel.js").Kernel} Kernel
 * @typedef {import("./bert.js").Linear} Linear
 * @typedef {{ transform: import("./bert.js").Closing, decoder: Linear[] }} Predictions
 *   the decoder is the table of words, of which each block has some rows
 */

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

/**
 * Give each piece of the vocabulary a number, for one token: the masked-word head.
 * @param {Kernel} kernel
 * @param {Predictions} predictions
 * @param {Float32Array} hidden (H,), the last vector of a hidden token
 */
export const wordLogits = (kernel, predictions, hidden) => {
  const { transform, decoder } = predictions;
  const linear = (
    /** @type {Linear} */ { weight, bias },
    /** @type {Float32Array} */ x,
  ) => kernel.linear(x, weight, bias);
  const moved = kernel.gelu(linear(transform.dense, hidden)); // (H,) -> (H,)
  const normed = layerNorm(transform.LayerNorm, moved);
  const logits = decoder.map((rows) => linear(rows, normed)); // (H,) -> (V,) in blocks
  return Float32Array.from(logits.flatMap((part) => [...part]));
};
