// What the panel of the model that guesses shows: a text whose pieces a click hides, and
// what is guessed for each that is hidden.
import { inWords, make, score, table } from "./elements.js";

/**
 * @typedef {import("./guesser.js").Hidden} Hidden
 * @typedef {import("./shows.js").Result<"guess">} Guessed
 */

/** The places in a choice, as a link carries it: "9 11". */
export const placesOf = (/** @type {string | number} */ choice = "") =>
  (String(choice).match(/\d+/g) ?? []).map(Number);

/**
 * A button for each piece, which hides it and shows it again, and the guesses.
 * @param {Guessed} first
 * @param {string} _text
 * @param {import("./panel.js").Around} panel
 */
export const showGuesses = (first, _text, { ask, say, choice }) => {
  const { pieces } = first.tokens;
  const body = make("div", { class: "live-guesses" });
  const buttons = pieces.map((_, i) =>
    make("button", { type: "button", onclick: () => turn(i + 1) }),
  ); // [CLS] has place 0
  const show = (/** @type {Guessed} */ { hidden }) => {
    const isHidden = new Set(hidden.map(({ place }) => place));
    buttons.forEach((button, i) => {
      const is = isHidden.has(i + 1);
      button.textContent = is ? "[MASK]" : pieces[i];
      button.setAttribute("aria-pressed", String(is));
      if (is) button.setAttribute("aria-label", `[MASK] for ${pieces[i]}`);
      else button.removeAttribute("aria-label");
    });
    body.replaceChildren(...hidden.map((one) => guessesFor(one)));
    if (!hidden.length) body.append("Hide a piece: click it.");
  };
  const turn = async (/** @type {number} */ place) => {
    const hide = new Set(placesOf(choice.hide));
    if (!hide.delete(place)) hide.add(place);
    choice.hide = [...hide].join(" ");
    try {
      const found = await ask("guess", { hide: [...hide] });
      if (!body.isConnected) return; // another text is shown
      show(found);
      say(spokenGuesses(found));
    } catch (error) {
      say(inWords(error));
    }
  };
  choice.hide = first.hidden.map(({ place }) => place).join(" "); // of this text
  show(first);
  const attributes = {
    class: "live-strip",
    role: "group",
    "aria-label": "Hide a piece",
  };
  return [make("div", attributes, ...buttons), body];
};

/** The guesses for one piece; what stood there is in bold, wherever it comes. */
const guessesFor = (/** @type {Hidden} */ { place, guesses, own }) => {
  const isGuessed = own.rank <= guesses.length || own.piece === "[MASK]";
  const rows = guesses.map(({ piece, chance }, i) => [
    i + 1 === own.rank ? make("strong", {}, piece) : piece,
    bar(chance),
  ]);
  if (!isGuessed) {
    const [piece, rank] = [make("strong", {}, own.piece), `, guess ${own.rank}`];
    rows.push([make("span", {}, piece, rank), bar(own.chance)]);
  }
  return table(`Token ${place}: ${own.piece}`, ["guess", "probability"], rows);
};

const bar = (/** @type {number} */ chance) =>
  make(
    "span",
    { class: "live-bar", style: `--share: ${chance.toFixed(4)}` },
    score(chance),
  );

/** What a screen reader is to say of the guesses. */
export const spokenGuesses = (/** @type {Guessed} */ { hidden }) =>
  hidden
    .map(({ own, guesses }) => {
      const best = guesses.slice(0, 3).map(({ piece }) => piece);
      return `For ${own.piece}: ${best.join(", ")}.`;
    })
    .join(" ") || "Nothing is hidden.";
