// The formulas that the page of a book has: LayerNorm, softmax, GELU.

/** @typedef {{ weight: Float32Array, bias: Float32Array }} LayerNorm */

const EPSILON = 1e-12;

/**
 * Bring each token's vector to mean 0 and spread 1, then scale and shift it.
 * @param {LayerNorm} module
 * @param {Float32Array} vectors (T, H)
 */
export const layerNorm = ({ weight, bias }, vectors) => {
  const size = weight.length;
  const result = new Float32Array(vectors.length);
  for (let start = 0; start < vectors.length; start += size) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < size; i++) sum += vectors[start + i];
    const mean = sum / size;
    for (let i = 0; i < size; i++) squares += (vectors[start + i] - mean) ** 2;
    const spread = Math.sqrt(squares / size + EPSILON);
    for (let i = 0; i < size; i++) {
      result[start + i] = ((vectors[start + i] - mean) / spread) * weight[i] + bias[i];
    }
  }
  return result;
};

/**
 * Make weights of each row of scores: above 0, with the sum 1; (..., T) -> (..., T).
 * @param {Float32Array} scores
 * @param {number} tokens T
 */
export const softmax = (scores, tokens) => {
  const weights = new Float32Array(scores.length);
  for (let start = 0; start < scores.length; start += tokens) {
    let [largest, sum] = [-Infinity, 0];
    for (let i = start; i < start + tokens; i++) largest = Math.max(largest, scores[i]);
    for (let i = start; i < start + tokens; i++) {
      weights[i] = Math.exp(scores[i] - largest);
      sum += weights[i];
    }
    for (let i = start; i < start + tokens; i++) weights[i] /= sum;
  }
  return weights;
};

/** GELU: x times the share of a normal distribution below x. */
export const gelu = (/** @type {Float32Array} */ inner) =>
  inner.map((x) => 0.5 * x * (1 + erf(x / Math.SQRT2)));

/**
 * The error function, off by at most 1.5e-7. Abramowitz and Stegun, *Handbook of
 * Mathematical Functions*, 1964, 7.1.26.
 * @param {number} x
 */
export const erf = (x) => {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const polynomial =
    t *
    (0.254829592 +
      t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.sign(x) * (1 - polynomial * Math.exp(-x * x));
};
