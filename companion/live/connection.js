// From a page to the worker: starts it when it is first asked, brings it the blocks that
// it needs as scripts (a page opened from a file may fetch nothing), and ends it.

/**
 * @typedef {{ megabytes?: number, windows?: number, of: number }} Progress
 * @typedef {(progress: Progress) => void} OnProgress
 * @typedef {keyof import("./reader.js").Reader} What
 * @typedef {ReturnType<typeof connection>} Connection
 *
 * @typedef {object} Parts
 * @property {string} worker its script
 * @property {string} code the kernel, in base64
 * @property {string} folder where the blocks lie
 * @property {Record<string, number>} sizes of the blocks that are loaded first, in letters
 */

const GUESSER = "guesser."; // before the names of the blocks of the model that guesses

const total = (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0);

/** Whether a block is needed for what is asked: all need the tokenizer's. */
const isFor = (/** @type {What} */ what, /** @type {string} */ name) => {
  if (name === "tokenizer") return true;
  if (what === "pieces" || what === "tokenize") return false;
  return name.startsWith(GUESSER) === (what === "guess");
};

export const connection = (/** @type {Parts} */ parts) => {
  const { worker: script, code, folder, sizes } = parts;
  /** @typedef {{ resolve: (result: any) => void, reject: (error: Error) => void,
   *   what: What, onProgress?: OnProgress }} Asked */
  const asked = /** @type {Map<number, Asked>} */ (new Map()); // by number
  let [worker, count] = [/** @type {Worker | null} */ (null), 0];
  const loaded = /** @type {Set<string>} */ (new Set()); // blocks
  const kernel = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));

  /** The megabytes of the blocks that are needed first for what is asked. */
  const megabytes = (/** @type {What} */ what, names = Object.keys(sizes)) => {
    const ours = names.filter((name) => isFor(what, name));
    return total(ours.map((name) => sizes[name] ?? 0)) / 1e6;
  };

  const tell = () => {
    for (const { what, onProgress } of asked.values()) {
      const [now, of] = [megabytes(what, [...loaded]), megabytes(what)];
      if (now < of) onProgress?.({ megabytes: now, of });
    }
  };

  /** @typedef {(text?: string) => void} Done */
  const blocks = /** @type {Map<string, Done>} */ (new Map()); // on their way, by name
  window.insideBertBlock = (name, text) => blocks.get(name)?.(text);
  const bring = (/** @type {string} */ name) => {
    const element = document.createElement("script");
    const done = (/** @type {string | undefined} */ text) => {
      element.remove();
      if (blocks.get(name) !== done) return; // it came, or is asked for once more
      blocks.delete(name);
      if (text !== undefined) loaded.add(name);
      tell();
      worker?.postMessage({ block: name, text });
    };
    blocks.set(name, done);
    // If a script is cut short, or is a page that says why, it loads and brings nothing.
    element.onload = element.onerror = () => done(undefined);
    element.src = `${folder}${name}.js`;
    document.head.append(element);
  };

  const start = () => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const begun = new Worker(url);
    begun.onmessage = ({ data }) => {
      if (data.need) return bring(data.need);
      const { resolve, reject, onProgress } = asked.get(data.id) ?? {};
      if (data.all) return onProgress?.({ windows: data.done, of: data.all });
      asked.delete(data.id);
      return data.error === undefined
        ? resolve?.(data.result)
        : reject?.(new Error(data.error));
    };
    begun.onerror = ({ message }) => end(message ?? "The model could not be started.");
    return begun;
  };

  /** Forget the model and all that was asked. */
  const end = (why = "Cancelled.") => {
    worker?.terminate();
    worker = null;
    loaded.clear();
    for (const { reject } of asked.values()) reject(new Error(why));
    asked.clear();
    blocks.clear();
  };

  /**
   * @param {What} what
   * @param {string} question
   * @param {string} context
   * @param {object} [more]
   * @param {OnProgress} [onProgress]
   * @returns {Promise<any>} what that function of the reader returns
   */
  const ask = (what, question, context, more, onProgress) =>
    new Promise((resolve, reject) => {
      worker ??= start();
      const id = count++;
      asked.set(id, { resolve, reject, what, onProgress });
      worker.postMessage({ id, what, code: kernel, question, context, more });
    });
  return { ask, end, megabytes };
};
