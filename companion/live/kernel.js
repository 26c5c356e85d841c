// What has to be fast: y = x W^T + b, softmax, GELU. By WebAssembly, or slowly without it.
import { gelu, softmax } from "./formulas.js";

/**
 * @typedef {{ rows: number, inner: number, at: number, matrix?: Float32Array }} Matrix
 * W, (rows, inner), where a kernel keeps it
 *
 * @typedef {object} Kernel
 * @property {(matrix: Float32Array, inner: number) => Matrix} keep
 *   store W, whose rows have `inner` numbers, for as long as the kernel lives
 * @property {(x: Float32Array, w: Matrix, bias?: Float32Array) => Float32Array} linear
 *   x, (N, inner) -> (N, rows)
 * @property {(x: Float32Array, matrix: Float32Array, inner: number) => Float32Array} product
 *   the same with a W that is needed once, and no bias
 * @property {(scores: Float32Array, tokens: number) => Float32Array} softmax
 * @property {(inner: Float32Array) => Float32Array} gelu
 */

const upTo = (/** @type {number} */ multiple, /** @type {number} */ count) =>
  Math.ceil(count / multiple) * multiple;

/**
 * @param {Float32Array} all
 * @param {number} size numbers in a row
 * @param {number} row
 */
const rowAt = (all, size, row) => all.subarray(row * size, (row + 1) * size);

/**
 * W, (rows, inner), in the order in which kernel.wat reads it, into `packed`.
 * @param {Float32Array} matrix
 * @param {number} inner
 * @param {Float32Array} packed of 8 * ceil(rows / 8) * inner numbers
 */
export const panels = (matrix, inner, packed) => {
  const rows = matrix.length / inner;
  for (let row = 0; row < rows; row++) {
    let to = (row - (row % 8)) * inner + (row % 8);
    for (let from = row * inner; from < (row + 1) * inner; from++, to += 8) {
      packed[to] = matrix[from];
    }
  }
};

/**
 * The kernel in kernel.wat.
 * @param {BufferSource} code
 * @returns {Promise<Kernel>}
 */
export const fastKernel = async (code) => {
  const { instance } = await WebAssembly.instantiate(code);
  const wasm = /** @type {any} */ (instance.exports);
  let used = 0; // bytes: what is kept lies below, what is needed once above

  const grow = (/** @type {number} */ pages) => {
    try {
      wasm.memory.grow(pages);
    } catch {
      throw new Error("There is not enough memory for the model on this device.");
    }
  };
  const reserve = (/** @type {number} */ count) => {
    const begin = used;
    used += upTo(4, count) * 4;
    const missing = used - wasm.memory.buffer.byteLength;
    if (missing > 0) grow(Math.ceil(missing / 65536));
    return begin;
  };
  const numbers = (/** @type {number} */ begin, /** @type {number} */ count) =>
    new Float32Array(wasm.memory.buffer, begin, count);

  /** @type {Kernel["keep"]} */
  const keep = (matrix, inner) => {
    const rows = matrix.length / inner;
    const count = upTo(8, rows) * inner;
    const at = reserve(count);
    panels(matrix, inner, numbers(at, count));
    return { rows, inner, at };
  };

  /** @type {Kernel["linear"]} */
  const multiply = (x, { rows: columns, inner, at }, bias) => {
    const [rows, before] = [x.length / inner, used];
    const [high, wide] = [upTo(4, rows), upTo(8, columns)];
    const [xAt, biasAt, yAt] = [high * inner, wide, high * wide].map(reserve);
    numbers(xAt, x.length).set(x);
    numbers(biasAt, wide).fill(0);
    if (bias) numbers(biasAt, columns).set(bias);
    wasm.linear(xAt, at, biasAt, yAt, high, inner, wide);
    used = before;
    if (wide === columns) return numbers(yAt, rows * columns).slice();
    const y = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      y.set(numbers(yAt + row * wide * 4, columns), row * columns);
    }
    return y;
  };

  /** @type {Kernel["product"]} */
  const product = (x, matrix, inner) => {
    const before = used;
    const y = multiply(x, keep(matrix, inner), undefined);
    used = before;
    return y;
  };

  /**
   * Rows are made longer to a multiple of 4, with numbers that have no weight.
   * @type {Kernel["softmax"]}
   */
  const weigh = (scores, tokens) => {
    const [rows, before, wide] = [scores.length / tokens, used, upTo(4, tokens)];
    const at = reserve(rows * wide);
    const padded = numbers(at, rows * wide).fill(-Infinity);
    const eachRow = (/** @type {(row: number) => void} */ copy) => {
      for (let row = 0; row < rows; row++) copy(row);
    };
    eachRow((row) => padded.set(rowAt(scores, tokens, row), row * wide));
    wasm.softmax(at, rows, wide);
    used = before;
    const weights = new Float32Array(scores.length);
    eachRow((row) =>
      weights.set(rowAt(padded, wide, row).subarray(0, tokens), row * tokens),
    );
    return weights;
  };

  /** @type {Kernel["gelu"]} */
  const bend = (inner) => {
    const before = used;
    const at = reserve(inner.length);
    numbers(at, inner.length).set(inner);
    wasm.gelu(at, inner.length);
    used = before;
    return numbers(at, inner.length).slice();
  };
  return { keep, linear: multiply, product, softmax: weigh, gelu: bend };
};

/**
 * The same in JavaScript alone, for a browser whose WebAssembly lacks vectors.
 * @returns {Kernel}
 */
export const plainKernel = () => {
  const none = new Float32Array();
  /** @type {Kernel["keep"]} */
  const keep = (matrix, inner) => ({
    rows: matrix.length / inner,
    inner,
    at: 0,
    matrix,
  });
  /** @type {Kernel["linear"]} */
  const linear = (x, { rows: columns, inner, matrix = none }, bias) => {
    const rows = x.length / inner;
    const y = new Float32Array(rows * columns);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = bias ? bias[column] : 0;
        const [xAt, wAt] = [row * inner, column * inner];
        for (let k = 0; k < inner; k++) sum += x[xAt + k] * matrix[wAt + k];
        y[row * columns + column] = sum;
      }
    }
    return y;
  };
  /** @type {Kernel["product"]} */
  const product = (x, matrix, inner) => linear(x, keep(matrix, inner));
  return { keep, linear, product, softmax, gelu };
};
