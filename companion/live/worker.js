// The reader beside the page: the page sends what is asked for, and blocks; it gets
// answers, errors in words, how far a long text has come, and which block is needed.
import { fastKernel, plainKernel } from "./kernel.js";
import { reader } from "./reader.js";

const scope = /** @type {any} */ (self);
const waiting = new Map();
let begun = null;

/** Ask the page for a block; it comes with a message of its own. Two may wait for it. */
const block = (/** @type {string} */ name) => {
  if (!waiting.has(name)) {
    const asked = /** @type {any} */ ({});
    asked.promise = new Promise((resolve, reject) => {
      Object.assign(asked, { resolve, reject });
    });
    waiting.set(name, asked);
    scope.postMessage({ need: name });
  }
  return waiting.get(name).promise;
};

/** WebAssembly without vectors, or none at all: the same numbers, later. */
const kernelFrom = (/** @type {BufferSource} */ code) =>
  fastKernel(code).catch(plainKernel);

const asked = async ({ id, what, code, question, context, more = {} }) => {
  begun ??= kernelFrom(code).then((kernel) => reader(kernel, block));
  const model = await begun;
  const onWindow = (done, all) => scope.postMessage({ id, done, all });
  return what === "answer"
    ? model.answer(question, context, { ...more, onWindow })
    : model[what](question, context, more.off);
};

scope.onmessage = async ({ data }) => {
  if (data.block) {
    const { resolve, reject } = waiting.get(data.block);
    waiting.delete(data.block);
    if (data.text === undefined) reject(new Error(`${data.block} could not be loaded`));
    else resolve(data.text);
    return;
  }
  try {
    scope.postMessage({ id: data.id, result: await asked(data) });
  } catch (error) {
    if (!(error instanceof RangeError)) begun = null; // begin anew when asked again
    scope.postMessage({ id: data.id, error: error.message });
  }
};
