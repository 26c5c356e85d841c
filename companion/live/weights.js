// The weights, from the text into which weights.py packed them, to the parts of bert.js.

/** @typedef {{ shape: number[], data: Float32Array | Int8Array }} Tensor */

const ALPHABET =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
const DIGITS = new Uint8Array(128);
for (let i = 0; i < ALPHABET.length; i++) DIGITS[ALPHABET.charCodeAt(i)] = i;

/** Five letters are four bytes. The last ones may be too many: zlib knows where it ends. */
export const fromBase85 = (/** @type {string} */ text) => {
  const bytes = new DataView(new ArrayBuffer(Math.ceil(text.length / 5) * 4));
  for (let i = 0, at = 0; i < text.length; i += 5, at += 4) {
    let number = 0;
    for (let j = i; j < i + 5; j++) {
      number = number * 85 + (j < text.length ? DIGITS[text.charCodeAt(j)] : 84);
    }
    bytes.setUint32(at, number);
  }
  const padding = (5 - (text.length % 5)) % 5;
  return new Uint8Array(bytes.buffer, 0, bytes.byteLength - padding);
};

/**
 * What a block holds: tensors by their names, and texts.
 * @param {string} text
 * @returns {Promise<{ tensors: Map<string, Tensor>, texts: any }>}
 */
export const unpack = async (text) => {
  const stream = new Blob([fromBase85(text)]).stream();
  const inflated = stream.pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
  let at = 4 + new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, at - 4)));
  const tensors = new Map();
  for (const [name, type, shape] of head.tensors) {
    const size = shape.reduce(
      (/** @type {number} */ a, /** @type {number} */ b) => a * b,
      1,
    );
    const data = new (type === "int8" ? Int8Array : Float32Array)(buffer, at, size);
    at += Math.ceil(data.byteLength / 4) * 4;
    tensors.set(name, { shape, data });
  }
  return { tensors, texts: head.texts };
};

/**
 * A tensor that must be there.
 * @param {Map<string, Tensor>} tensors
 * @param {string} name
 */
export const found = (tensors, name) => {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`${name} is not among the weights`);
  return tensor;
};

/**
 * Rows of a matrix, as far as rounding has left them: each times its scale.
 * @param {Map<string, Tensor>} tensors
 * @param {string} name
 * @param {number[]} [chosen] which; all by default
 */
export const rowsOf = (tensors, name, chosen) => {
  const { shape, data } = found(tensors, name);
  const { data: scales } = found(tensors, `${name}.scales`);
  const rows = chosen ?? [...Array(shape[0]).keys()];
  const result = new Float32Array(rows.length * shape[1]);
  rows.forEach((row, i) => {
    for (let column = 0; column < shape[1]; column++) {
      result[i * shape[1] + column] = data[row * shape[1] + column] * scales[row];
    }
  });
  return result;
};

/**
 * The modules of a block as a tree, by the names of the library's.
 * @param {import("./kernel.js").Kernel} kernel
 * @param {Map<string, Tensor>} tensors
 * @returns {any}
 */
export const modules = (kernel, tensors) => {
  const tree = /** @type {any} */ ({});
  for (const [name, { shape, data }] of tensors) {
    const [last, ...path] = name.split(".").reverse();
    if (last === "scales" || path[0]?.endsWith("embeddings")) continue; // see rowsOf
    const module = path.reduceRight((parent, child) => (parent[child] ??= {}), tree);
    module[last] = tensors.has(`${name}.scales`)
      ? kernel.keep(rowsOf(tensors, name), shape[1])
      : data;
  }
  return tree;
};

/**
 * The table of words, of which a block comes when the first of its rows is needed.
 * @param {(name: string) => Promise<{ tensors: Map<string, Tensor> }>} get
 * @param {number} rows in a block
 */
export const wordTable = (get, rows) => {
  const blocks = new Map();
  const numberOf = (/** @type {number} */ id) => Math.floor(id / rows);
  const need = async (/** @type {number[]} */ ids) => {
    const missing = new Set(ids.map(numberOf).filter((number) => !blocks.has(number)));
    const came = [...missing].map(async (number) =>
      blocks.set(number, (await get(`words.${number}`)).tensors),
    );
    await Promise.all(came);
  };
  const look = (/** @type {number[]} */ ids) => {
    const rowFor = (/** @type {number} */ id) =>
      rowsOf(blocks.get(numberOf(id)), "words", [id % rows]);
    const size = rowFor(ids[0]).length;
    const table = new Float32Array(ids.length * size);
    ids.forEach((id, i) => {
      table.set(rowFor(id), i * size);
    });
    return table;
  };
  const whole = async (/** @type {number} */ number) => {
    await need([number * rows]);
    return rowsOf(blocks.get(number), "words");
  };
  return { need, look, whole };
};
