// From a page to the worker: starts it when it is first asked, brings it the blocks that
// it needs as scripts (a page opened from a file may fetch nothing), and ends it.

/**
 * @typedef {{ megabytes: number, of: number } | { windows: number, of: number }} Progress
 */

/**
 * @param {{ worker: string, code: string, folder: string, sizes: Record<string, number> }} parts
 *   the worker's script, the kernel in base64, where the blocks lie, and their letters
 */
export const connection = ({ worker: script, code, folder, sizes }) => {
  let [worker, loaded, count] = [null, 0, 0];
  const asked = new Map(); // by number: what to do with the answer
  const whole = Object.values(sizes).reduce((a, b) => a + b, 0);
  const kernel = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));

  const blocks = new Map(); // those that are on their way, by name
  window.insideBertBlock = (name, text) => blocks.get(name)?.(text);
  const bring = (/** @type {string} */ name) => {
    const element = document.createElement("script");
    const done = (text) => {
      element.remove();
      blocks.delete(name);
      loaded += sizes[name] ? (text?.length ?? 0) : 0;
      for (const { onProgress } of asked.values()) {
        if (loaded < whole) onProgress?.({ megabytes: loaded / 1e6, of: whole / 1e6 });
      }
      worker?.postMessage({ block: name, text });
    };
    blocks.set(name, done);
    element.onerror = () => done(undefined);
    element.src = `${folder}${name}.js`;
    document.head.append(element);
  };

  const start = () => {
    const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    worker = new Worker(url);
    worker.onmessage = ({ data }) => {
      if (data.need) return bring(data.need);
      const { resolve, reject, onProgress } = asked.get(data.id) ?? {};
      if (data.all) return onProgress?.({ windows: data.done, of: data.all });
      asked.delete(data.id);
      return data.error === undefined
        ? resolve?.(data.result)
        : reject?.(new Error(data.error));
    };
    worker.onerror = ({ message }) => end(message ?? "The model could not be started.");
  };

  /** Forget the model and all that was asked. */
  const end = (/** @type {string} */ why = "Cancelled.") => {
    worker?.terminate();
    [worker, loaded] = [null, 0];
    for (const { reject } of asked.values()) reject(new Error(why));
    asked.clear();
    blocks.clear();
  };

  /**
   * @param {"answer" | "walk" | "pieces" | "afterEachLayer" | "proof"} what
   * @param {string} question
   * @param {string} context
   * @param {object} [more]
   * @param {(progress: Progress) => void} [onProgress]
   */
  const ask = (what, question, context, more, onProgress) =>
    new Promise((resolve, reject) => {
      if (!worker) start();
      const id = count++;
      asked.set(id, { resolve, reject, onProgress });
      worker.postMessage({ id, what, code: kernel, question, context, more });
    });
  return { ask, end, isReady: () => loaded >= whole, megabytes: whole / 1e6 };
};
