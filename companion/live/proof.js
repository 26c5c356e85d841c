// How far what a browser computes is from what the companion had computed.
import { found } from "./weights.js";

/**
 * For each module of a walk: how many numbers, and the largest difference.
 * @param {import("./reader.js").Walked} walked
 * @param {Map<string, import("./weights.js").Tensor>} tensors
 */
export const differences = (walked, tensors) => {
  /** @type {Record<string, Record<string, Float32Array>>} */
  const parts = { embeddings: walked.embeddings };
  walked.layers.forEach((layer, number) => {
    parts[`layer.${number}`] = layer;
  });
  parts.logits = walked.logits;
  return Object.entries(parts).flatMap(([part, computed]) =>
    Object.entries(computed).map(([name, numbers]) => {
      const { data } = found(tensors, `${part}.${name}`);
      if (data.length !== numbers.length)
        throw new Error(`${part}.${name}: other shape`);
      const distances = numbers.map((number, i) => Math.abs(number - data[i]));
      const difference = distances.reduce((a, b) => Math.max(a, b));
      return { name: `${part}.${name}`, numbers: numbers.length, difference };
    }),
  );
};
