// A panel of a page: the stored example first; then the reader's own question and text.
import { make } from "./elements.js";
import { showEmbeddings, showHeads } from "./inside.js";
import {
  showAnswer,
  showLayers,
  showPieces,
  showProof,
  showSpans,
  showWindows,
} from "./shows.js";

/** What each kind of panel asks the worker for, and how it shows that. */
const KINDS = {
  answer: { what: "answer", show: showAnswer, more: { count: 4 } },
  pieces: { what: "pieces", show: showPieces },
  embeddings: { what: "walk", show: showEmbeddings },
  heads: { what: "walk", show: showHeads },
  layers: { what: "afterEachLayer", show: showLayers },
  spans: { what: "answer", show: showSpans, more: { count: 6 } },
  windows: { what: "answer", show: showWindows },
  proof: { what: "proof", show: showProof },
};

const LINK = "#ask:"; // a link that carries a question and a text, in its fragment only

/**
 * @param {HTMLElement} root
 * @param {ReturnType<import("./connection.js").connection>} model
 */
export const panel = (root, model) => {
  const { what, show, more } = KINDS[root.dataset.shows];
  const example = root.querySelector(".live-example");
  const field = (tag, name, value) =>
    make(
      "label",
      { class: "live-field" },
      name,
      tag === "input"
        ? make("input", { type: "text", value, autocomplete: "off" })
        : make("textarea", { rows: 4, spellcheck: "false" }, value),
    );
  const question = field("input", "Your question", root.dataset.question);
  const text = field("textarea", "Your text", root.dataset.text);
  const [asked, given] = [question, text].map((label) => label.lastElementChild);
  const size = what === "pieces" ? 0.1 : model.megabytes;
  const go = make(
    "button",
    { type: "submit" },
    `Load the model, ${Math.ceil(size)} MB`,
  );
  if (what === "pieces") go.textContent = "Load the tokenizer, 0.1 MB";
  const cancel = make("button", { type: "button", hidden: true }, "Cancel");
  const link = make("button", { type: "button", hidden: true }, "Link to this");
  const bar = make("progress", { hidden: true, "aria-label": "Loading" });
  const status = make("p", { class: "live-status", role: "status" });
  const result = make("div", { class: "live-result" });

  const choice = /** @type {Record<string, number>} */ ({}); // layer, head, token
  for (const name of ["layer", "head", "token"]) {
    if (name in root.dataset) choice[name] = Number(root.dataset[name]);
  }

  const busy = (/** @type {boolean} */ is) => {
    cancel.hidden = bar.hidden = !is;
    root.setAttribute("aria-busy", String(is));
  };
  const progress = (now) => {
    const part = now.megabytes ?? now.windows;
    [bar.max, bar.value] = [now.of, part];
    status.textContent = now.windows
      ? `Window ${part} of ${now.of}`
      : `${part.toFixed(1)} of ${now.of.toFixed(1)} MB`;
  };

  let turn = 0; // an answer that comes after the next question is not shown
  const ask = async () => {
    const mine = ++turn;
    busy(true);
    try {
      const found = await model.ask(what, asked.value, given.value, more, progress);
      if (mine !== turn) return;
      const askWithout = (off) =>
        model.ask("answer", asked.value, given.value, { off }, undefined);
      result.replaceChildren(...show(found, given.value, { askWithout, choice }));
      example?.remove();
      status.textContent = spoken(found) ?? "Done.";
      [go.textContent, link.hidden] = ["Ask", false];
    } catch (error) {
      if (mine === turn) status.textContent = error.message;
    }
    if (mine === turn) busy(false);
  };

  cancel.addEventListener("click", () => model.end());
  link.addEventListener("click", () => {
    const state = new URLSearchParams({
      question: asked.value,
      text: given.value,
      ...choice,
    });
    history.replaceState(null, "", `${LINK}${state}`);
    navigator.clipboard?.writeText(location.href).catch(() => {});
    status.textContent = "The page's address now leads to this question and text.";
  });
  const form = make("form", { class: "live-form" }, question, text);
  form.append(make("p", { class: "live-buttons" }, go, cancel, link), bar, status);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  if (what === "pieces") {
    for (const input of [asked, given]) {
      input.addEventListener("input", () => go.textContent === "Ask" && ask());
    }
  }
  if (location.hash.startsWith(LINK)) {
    const state = new URLSearchParams(location.hash.slice(LINK.length));
    asked.value = state.get("question") ?? asked.value;
    given.value = state.get("text") ?? given.value;
    for (const name of ["layer", "head", "token"]) {
      if (state.has(name)) choice[name] = Number(state.get(name));
    }
  }
  root.append(form, result);
};

/** What a screen reader is to say when the answer has come. */
const spoken = (found) => {
  if (!found.answers) return undefined;
  const [best] = found.answers;
  return found.noAnswer > best.score ? "No answer." : `The answer: ${best.answer}.`;
};
