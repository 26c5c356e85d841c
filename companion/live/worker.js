// The reader beside the page: the page sends what is asked for, and blocks; it gets
// answers, errors in words, how far a long text has come, and which block is needed.
import { fastKernel, plainKernel } from "./kernel.js";
import { reader } from "./reader.js";

/**
 * @typedef {import("./reader.js").Reader} Reader
 * @typedef {{ id: number, what: keyof Reader, code: Uint8Array<ArrayBuffer>,
 *   question: string, context: string, more?: any }} Asked
 * @typedef {{ block: string, text?: string }} Block `text` is missing if it did not come
 * @typedef {{ promise: Promise<string>, resolve: (text: string) => void,
 *   reject: (error: Error) => void }} Waiting
 */

const scope = /** @type {any} */ (self);
const waiting = /** @type {Map<string, Waiting>} */ (new Map());
let begun = /** @type {Promise<Reader> | null} */ (null);

/** Ask the page for a block; it comes with a message of its own. Two may wait for it. */
const block = (/** @type {string} */ name) => {
  const same = waiting.get(name);
  if (same) return same.promise;
  const asked = /** @type {Waiting} */ ({});
  asked.promise = new Promise((resolve, reject) => {
    Object.assign(asked, { resolve, reject });
  });
  waiting.set(name, asked);
  scope.postMessage({ need: name });
  return asked.promise;
};

const came = (/** @type {Block} */ { block: name, text }) => {
  const asked = waiting.get(name);
  waiting.delete(name);
  if (text === undefined) asked?.reject(new Error(`${name} could not be loaded`));
  else asked?.resolve(text);
};

/** WebAssembly without vectors, or none at all: the same numbers, later. */
const kernelFrom = (/** @type {BufferSource} */ code) =>
  fastKernel(code).catch(plainKernel);

const result = async (/** @type {Asked} */ asked) => {
  const { id, what, code, question, context, more = {} } = asked;
  begun ??= kernelFrom(code).then((kernel) => reader(kernel, block));
  const model = await begun;
  const onWindow = (/** @type {number} */ done, /** @type {number} */ all) =>
    scope.postMessage({ id, done, all });
  if (what === "answer") return model.answer(question, context, { ...more, onWindow });
  if (what === "guess") return model.guess(question, context, more);
  return model[what](question, context, more.off);
};

scope.onmessage = async (/** @type {{ data: Asked | Block }} */ { data }) => {
  if ("block" in data) return came(data);
  try {
    scope.postMessage({ id: data.id, result: await result(data) });
  } catch (error) {
    if (!(error instanceof RangeError)) begun = null; // begin anew when asked again
    const why = error instanceof Error ? error.message : String(error);
    scope.postMessage({ id: data.id, error: why });
  }
};
