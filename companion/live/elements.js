// Small pieces of a page. What a reader typed is always text, never markup.

/**
 * @param {string} tag
 * @param {Record<string, any>} attributes those that begin with "on" are listeners
 * @param {...(Node | string)} children
 * @returns {any}
 */
export const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
};

/**
 * A table: its caption, its head, its rows of texts or nodes.
 * @param {string} caption
 * @param {string[]} head
 * @param {(string | Node)[][]} rows
 */
export const table = (caption, head, rows) =>
  make(
    "div",
    { class: "live-table", tabindex: "0", role: "group", "aria-label": caption },
    make(
      "table",
      {},
      make("caption", {}, caption),
      make(
        "thead",
        {},
        make("tr", {}, ...head.map((name) => make("th", { scope: "col" }, name))),
      ),
      make(
        "tbody",
        {},
        ...rows.map((row) =>
          make("tr", {}, ...row.map((cell) => make("td", {}, cell))),
        ),
      ),
    ),
  );

/** A score as the command line writes it. */
export const score = (/** @type {number} */ number) => {
  const shown = number.toFixed(3);
  return shown === "0.000" ? "<0.001" : shown;
};

/** What went wrong, as a sentence. */
export const inWords = (/** @type {unknown} */ error) =>
  error instanceof Error ? error.message : String(error);

/**
 * A drop-down with a name: numbers 0 to `count` - 1.
 * @param {string} name
 * @param {number} count
 * @param {number} chosen
 * @param {(number: number) => void} onchange
 */
export const numberChoice = (name, count, chosen, onchange) => {
  const options = Array.from({ length: count }, (_, i) =>
    make("option", { value: i, selected: i === chosen }, String(i)),
  );
  const listen = (/** @type {any} */ event) => onchange(Number(event.target.value));
  return make(
    "label",
    {},
    `${name} `,
    make("select", { onchange: listen }, ...options),
  );
};

/**
 * A text as its pieces, each as dark as its share; see `shade`.
 * @param {string} name
 * @param {string[]} pieces
 * @param {ArrayLike<number>} shares
 * @param {(place: number) => void} [onpick] makes buttons of them
 */
export const strip = (name, pieces, shares, onpick) => {
  const elements = pieces.map((piece, place) =>
    onpick
      ? make("button", { type: "button", onclick: () => onpick(place) }, piece)
      : make("span", {}, piece),
  );
  const attributes = { class: "live-strip", role: "group", "aria-label": name };
  const whole = make("div", attributes, ...elements);
  shade(whole, shares);
  return whole;
};

/**
 * Show other shares on a strip, the largest darkest; and which piece is picked.
 * @param {any} whole
 * @param {ArrayLike<number>} shares
 * @param {number} [picked]
 */
export const shade = (whole, shares, picked) => {
  const largest = Math.max(...Array.from(shares), 1e-9);
  [...whole.children].forEach((element, place) => {
    const share = shares[place] ?? 0;
    element.style.setProperty("--share", (share / largest).toFixed(3));
    if (shares.length) element.title = `${element.textContent} ${share.toFixed(3)}`;
    if (element.type) element.setAttribute("aria-pressed", String(place === picked));
  });
};
