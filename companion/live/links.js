// A link to a panel as it stands: what it shows, the question, the text and what is chosen.
// All of it is in the fragment of the address, which a browser sends to no one.

/** @typedef {import("./panel.js").Choice} Choice */

const LINK = "#ask:";
const CHOICES = ["layer", "head", "token", "hide"];

/**
 * What the link that was followed says of this panel: one that names no kind is about the
 * first of the page.
 * @param {HTMLElement} root
 */
const stateFor = (root) => {
  if (!location.hash.startsWith(LINK)) return null;
  const state = new URLSearchParams(location.hash.slice(LINK.length));
  const kind = state.get("shows");
  /** @type {NodeListOf<HTMLElement>} */
  const panels = document.querySelectorAll(".live");
  const isMeant = (/** @type {HTMLElement} */ { dataset: { shows } }) =>
    kind === null || shows === kind;
  return [...panels].find(isMeant) === root ? Object.fromEntries(state) : null;
};

/**
 * What a panel begins with: what a link to it says, or else the page.
 * @param {HTMLElement} root
 */
export const beginning = (root) => {
  const { question = "", text = "", ...chosen } = root.dataset;
  const state = stateFor(root);
  const all = /** @type {Record<string, string | undefined>} */ (state ?? chosen);
  const choice = /** @type {Choice} */ ({});
  for (const name of CHOICES) {
    const value = all[name];
    if (value !== undefined) choice[name] = value;
  }
  return { question, text, ...state, choice, isLinked: state !== null };
};

/**
 * The fragment that leads to a panel of this kind.
 * @param {string} shows
 * @param {{ question: string, text: string }} asked
 * @param {Choice} choice
 */
export const fragmentOf = (shows, asked, choice) => {
  const state = Object.entries({ shows, ...asked, ...choice });
  const words = state.map(([name, value]) => [name, String(value)]);
  return `${LINK}${new URLSearchParams(words)}`;
};
