// A panel of a page: the stored example first; then the reader's own question and text.
import { inWords, make } from "./elements.js";
import { placesOf, showGuesses, spokenGuesses } from "./guesses.js";
import { showEmbeddings, showHeads } from "./inside.js";
import { beginning, fragmentOf } from "./links.js";
import {
  showAnswer,
  showLayers,
  showPieces,
  showProof,
  showSpans,
  showWindows,
} from "./shows.js";

/**
 * @typedef {import("./connection.js").What} What
 * @typedef {import("./connection.js").Progress} Progress
 * @typedef {Record<string, string | number>} Choice what is chosen in a panel, by name
 *
 * @typedef {object} Around what a panel gives to what it shows
 * @property {(what: What, more: object) => Promise<any>} ask about the same text
 * @property {(words: string) => void} say
 * @property {Choice} choice a link carries it
 *
 * @typedef {object} Kind what a panel asks the worker for, and how it shows that
 * @property {What} what
 * @property {(found: any, text: string, around: Around) => HTMLElement[]} show
 * @property {(choice: Choice) => object} [more]
 * @property {string} [loads] what its button offers, if it is not the model that answers
 * @property {string} [go] what the button says afterwards, if it is not "Ask"
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  answer: { what: "answer", show: showAnswer, more: () => ({ count: 4 }) },
  pieces: { what: "pieces", show: showPieces },
  embeddings: { what: "walk", show: showEmbeddings },
  heads: { what: "walk", show: showHeads },
  layers: { what: "afterEachLayer", show: showLayers },
  spans: { what: "answer", show: showSpans, more: () => ({ count: 6 }) },
  windows: { what: "answer", show: showWindows },
  guess: {
    what: "guess",
    show: showGuesses,
    more: ({ hide }) => ({ hide: placesOf(hide) }),
    loads: "model that guesses",
    go: "Guess",
  },
  proof: { what: "proof", show: showProof, go: "Compare again" },
};

/**
 * @param {HTMLElement} root
 * @param {import("./connection.js").Connection} model
 */
export const panel = (root, model) => {
  const kind = KINDS[root.dataset.shows ?? ""];
  const example = root.querySelector(".live-example");
  const { question, text, choice, isLinked } = beginning(root);
  const [asked, given] = [
    make("input", { type: "text", value: question, autocomplete: "off" }),
    make("textarea", { rows: 4, spellcheck: "false" }, text),
  ];
  const go = make("button", { type: "submit" }, offer(kind, model));
  const cancel = make("button", { type: "button", hidden: true }, "Cancel");
  const link = make("button", { type: "button", hidden: true }, "Link to this");
  const bar = make("progress", { hidden: true, "aria-label": "Loading" });
  const status = make("p", { class: "live-status", role: "status" });
  const result = make("div", { class: "live-result" });

  const say = (/** @type {string} */ words) => {
    status.textContent = words;
  };
  const busy = (/** @type {boolean} */ is) => {
    if (!is && document.activeElement === cancel) go.focus(); // what hides has no focus
    cancel.hidden = bar.hidden = !is;
    root.setAttribute("aria-busy", String(is));
  };
  const progress = (/** @type {Progress} */ { megabytes = 0, windows, of }) => {
    [bar.max, bar.value] = [of, windows ?? megabytes];
    say(
      windows
        ? `Window ${windows} of ${of}`
        : `${megabytes.toFixed(1)} of ${of.toFixed(1)} MB`,
    );
  };

  let turn = 0; // an answer that comes after the next question is not shown
  const typed = () => ({ question: asked.value, text: given.value });
  let shown = typed(); // what was asked last, and answered
  const ask = async () => {
    const [mine, { question, text }] = [++turn, typed()];
    busy(true);
    try {
      const isSame = text === shown.text; // places count the pieces of one text
      const more = kind.more?.(isSame ? choice : {});
      const found = await model.ask(kind.what, question, text, more, progress);
      if (mine !== turn) return;
      shown = { question, text };
      /** @type {Around["ask"]} */
      const again = (what, more) => model.ask(what, question, text, more);
      result.replaceChildren(...kind.show(found, text, { ask: again, say, choice }));
      example?.remove();
      say(spoken(kind.what, found));
      [go.textContent, link.hidden] = [kind.go ?? "Ask", false];
    } catch (error) {
      if (mine === turn) say(inWords(error));
    }
    if (mine === turn) busy(false);
  };

  cancel.addEventListener("click", () => model.end());
  link.addEventListener("click", () => {
    const fragment = fragmentOf(root.dataset.shows ?? "", shown, choice);
    history.replaceState(null, "", fragment);
    navigator.clipboard?.writeText(location.href).catch(() => {});
    say("The page's address now leads to this question and text.");
  });
  const buttons = kind.what === "proof" ? [go, cancel] : [go, cancel, link];
  const form = make(
    "form",
    { class: "live-form" },
    ...fields(kind, asked, given),
    make("p", { class: "live-buttons" }, ...buttons),
    bar,
    status,
  );
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    ask();
  });
  for (const input of [asked, given]) {
    input.addEventListener("input", () => {
      if (kind.what === "pieces" && link.hidden === false) ask();
    });
  }
  root.append(form, result);
  if (isLinked) root.scrollIntoView();
  addEventListener("hashchange", () => {
    const linked = beginning(root); // an address that was put into a page already open
    if (!linked.isLinked) return;
    [asked.value, given.value] = [linked.question, linked.text];
    for (const name of Object.keys(choice)) delete choice[name];
    Object.assign(choice, linked.choice);
    shown = typed(); // what the link chose are places in its own text
    root.scrollIntoView();
    if (!cancel.hidden || !link.hidden) ask(); // the model is here, or on its way
  });
};

/**
 * What can be typed: a proof compares one stored question, and who guesses is asked none.
 * @param {Kind} kind
 * @param {HTMLElement} asked
 * @param {HTMLElement} given
 */
const fields = ({ what }, asked, given) => {
  if (what === "proof") return [];
  const text = field("Your text", given);
  return what === "guess" ? [text] : [field("Your question", asked), text];
};

const field = (/** @type {string} */ name, /** @type {HTMLElement} */ input) =>
  make("label", { class: "live-field" }, name, input);

/**
 * What the button says before anything is loaded.
 * @param {Kind} kind
 * @param {import("./connection.js").Connection} model
 */
const offer = ({ what, loads = "model" }, model) =>
  what === "pieces"
    ? `Load the tokenizer, ${model.megabytes(what).toFixed(1)} MB`
    : `Load the ${loads}, ${Math.ceil(model.megabytes(what))} MB`;

/** What a screen reader is to say when the answer has come. */
const spoken = (/** @type {What} */ what, /** @type {any} */ found) => {
  if (what === "guess") return spokenGuesses(found);
  if (what !== "answer") return "Done.";
  const [best] = found.answers;
  return found.noAnswer > best.score ? "No answer." : `The answer: ${best.answer}.`;
};
