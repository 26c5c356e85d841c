// A link to a view as it stands: its state goes into the fragment of the address, as in
// #attention-0123456789ab--layer-1--head-8. All of it could be the id of an element, so
// no script of a page around it stumbles over the address.

/** @typedef {Object<string, number>} State */

/**
 * @param {string} id - of the view's element
 * @param {State} state
 */
export const fragmentOf = (id, state) =>
  [id, ...Object.entries(state).map(([name, value]) => `${name}-${value}`)].join("--");

/**
 * The state for the view with this id, or null if the address is about another.
 * @returns {State | null}
 */
export const stateFor = (id, fragment) => {
  const [named, ...parts] = fragment.replace(/^#/, "").split("--");
  if (named !== id) return null;
  const pairs = parts.map((part) => part.match(/^([a-z]+)-(\d+)$/)).filter(Boolean);
  return Object.fromEntries(pairs.map(([, name, value]) => [name, +value]));
};

/**
 * Several whole numbers as one, in which each has a binary digit of its own.
 * @param {number[]} numbers
 */
export const inOne = (numbers) => numbers.reduce((sum, n) => sum + 2 ** n, 0);

/** Whether a number is in such a one. */
export const isIn = (number, one = 0) => Math.floor(one / 2 ** number) % 2 === 1;

/**
 * Whether the address that a reader sees is that of the page with the view: in a
 * notebook, or in a frame within another page, it is not.
 */
export const hasAddress = () => {
  const { dataset } = document.body;
  const inNotebook = "jpThemeLight" in dataset || "vscodeThemeKind" in dataset;
  const isAlone = window.top === window && !inNotebook;
  return /^(https?|file):$/.test(location.protocol) && isAlone;
};

/** Put a state into the address, and that on the clipboard where a page may do so. */
export const share = async (id, state) => {
  history.replaceState(null, "", `#${fragmentOf(id, state)}`);
  try {
    await navigator.clipboard.writeText(location.href);
    return "The link is copied: it opens the view as you see it.";
  } catch {
    return "The address of this page now opens the view as you see it.";
  }
};
