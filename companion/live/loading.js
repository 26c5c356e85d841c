// A model from its blocks: what reader.js and guesser.js begin with.
import { modules, rowsOf, unpack, wordTable } from "./weights.js";

/**
 * @typedef {import("./kernel.js").Kernel} Kernel
 * @typedef {(name: string) => ReturnType<typeof unpack>} Get a block, by its name
 */

/**
 * Blocks unpacked, or a sentence that says which one is not whole.
 * @param {(name: string) => Promise<string>} block the text of a block, by its name
 * @returns {Get}
 */
export const unpacked = (block) => async (name) => {
  const text = await block(name);
  return unpack(text).catch(() => {
    throw new Error(`${name} is damaged: load the page again.`);
  });
};

/**
 * The body as bert.js takes it, the heads on it by the library's names, and its words,
 * which come when a text needs them.
 * @param {Kernel} kernel
 * @param {Get} get
 */
export const loaded = async (kernel, get) => {
  const { tensors, texts } = await get("model");
  const { heads, layers, rows } = /** @type {Record<string, number>} */ (texts);
  const words = wordTable(get, rows);
  const { bert, ...on } = modules(kernel, tensors);
  const table = (/** @type {string} */ name) => (/** @type {number[]} */ ids) =>
    rowsOf(tensors, `bert.embeddings.${name}_embeddings.weight`, ids);
  const embeddings = {
    words: words.look,
    positions: table("position"),
    tokenTypes: table("token_type"),
    LayerNorm: bert.embeddings.LayerNorm,
  };
  const body = { heads, embeddings, layers: /** @type {any[]} */ ([]) };
  for (let number = 0; number < layers; number++) {
    body.layers.push(modules(kernel, (await get(`layer.${number}`)).tensors));
  }
  return { body, on, words, rows };
};
