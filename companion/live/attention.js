// Attention's parts, as companion/attention.py has them; see bert.js for the letters.

/** @typedef {import("./kernel.js").Kernel} Kernel */

/**
 * Cut each vector into `heads` pieces: (T, H) -> (A, T, D).
 * @param {Float32Array} vectors
 * @param {number} size H
 * @param {number} heads A
 */
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

/**
 * Score how well each query fits each key: two (A, T, D) -> (A, T, T).
 * @param {Kernel} kernel
 * @param {Float32Array} queries
 * @param {Float32Array} keys
 * @param {number} heads A
 * @param {number} piece D
 */
export const attentionScores = (kernel, queries, keys, heads, piece) => {
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

/**
 * One of `count` equal parts.
 * @param {Float32Array} all
 * @param {number} count
 * @param {number} number
 */
const part = (all, count, number) =>
  all.subarray((number * all.length) / count, ((number + 1) * all.length) / count);

/**
 * Take what the weights say of the values: (A, T, T), (A, T, D) -> (T, H).
 * @param {Kernel} kernel
 * @param {Float32Array} weights
 * @param {Float32Array} values
 * @param {number} heads A
 * @param {number} size H
 * @param {Set<number>} off
 */
export const gather = (kernel, weights, values, heads, size, off) => {
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

/**
 * (N, columns) -> (columns, N).
 * @param {Float32Array} matrix
 * @param {number} columns
 */
const transpose = (matrix, columns) => {
  const rows = matrix.length / columns;
  const result = new Float32Array(matrix.length);
  for (let i = 0; i < matrix.length; i++) {
    result[(i % columns) * rows + Math.floor(i / columns)] = matrix[i];
  }
  return result;
};
