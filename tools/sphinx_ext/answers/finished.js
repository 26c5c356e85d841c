// On the front page: the card of a chapter whose exercises are all right says so.

import { element } from "./elements.js";
import { chapterAt, isFinished } from "./memory.js";

const mark = (card) => {
  card.querySelector(".card-finished")?.remove();
  if (!isFinished(chapterAt(card.querySelector("a").pathname))) return;
  const words = element("span", { class: "card-finished" }, "exercises done");
  card.querySelector(".card-time").append(" ", words);
};

/** Mark the cards, also when the reader comes back from a chapter. */
export const showFinished = () => {
  addEventListener("pageshow", () => {
    document.querySelectorAll(".card-chapter").forEach(mark);
  });
};
