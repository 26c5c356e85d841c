// "Guess first": an output, and what is said of it, wait until they are asked for.

import { element } from "./elements.js";
import { remember, remembered } from "./memory.js";

/** The paragraphs right after a cell, which say what is to be seen in it. */
const remarks = (cell) => {
  const parts = [];
  let next = cell.nextElementSibling;
  for (; next?.matches("p, div.math"); next = next.nextElementSibling) parts.push(next);
  return parts;
};

const showAll = (parts, isShown) => {
  for (const part of parts)
    isShown ? part.removeAttribute("hidden") : part.setAttribute("hidden", UNTIL);
};

/** Cover the outputs of `cells`, which one button shows. */
const cover = (cells, number) => {
  const parts = cells.flatMap((cell) => [
    ...cell.querySelectorAll(":scope > .cell_output"),
    ...remarks(cell),
  ]);
  const name = `guess/${location.pathname.split("/").pop()}/${number}`;
  const button = element("button", { type: "button", class: "guess" });
  const set = (isShown) => {
    showAll(parts, isShown);
    button.setAttribute("aria-expanded", `${isShown}`);
    button.textContent = isShown ? "Hide it again" : "I have guessed: show it";
  };
  button.addEventListener("click", () => {
    const isShown = button.getAttribute("aria-expanded") === "false";
    remember(name, isShown ? "shown" : "");
    set(isShown);
  });
  for (const part of parts) part.addEventListener("beforematch", () => set(true));
  parts[0].before(button);
  const isWanted = () => parts.some((part) => part.querySelector(":target"));
  addEventListener("hashchange", () => isWanted() && set(true));
  set(remembered(name) === "shown" || isWanted());
};

// The browser's own search finds what is hidden in this way, and shows it.
const UNTIL = "until-found";

/** What is said of a solution waits until the solution is opened. */
const keepWith = (cell) => {
  const fold = cell.querySelector("details");
  const parts = remarks(cell);
  if (!fold) return;
  fold.addEventListener("toggle", () => showAll(parts, fold.open));
  for (const part of parts)
    part.addEventListener("beforematch", () => {
      fold.open = true;
    });
  showAll(parts, fold.open);
};

/** Cover what a reader is to guess first: one button for each section that has some. */
export const startGuesses = () => {
  const sections = new Map();
  for (const cell of document.querySelectorAll(".cell.tag_guess-first")) {
    const section = cell.closest("section");
    sections.set(section, [...(sections.get(section) ?? []), cell]);
  }
  for (const [number, cells] of [...sections.values()].entries()) cover(cells, number);
  document.querySelectorAll(".cell.tag_solution").forEach(keepWith);
};
