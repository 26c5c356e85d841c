// Questions of recall: a choice is a button, and each says why it is right or not.

import { element } from "./elements.js";
import { remember, remembered } from "./memory.js";
import { showProgress } from "./progress.js";

/** One question; its choices and reasons are read from the page. */
class Question {
  constructor(place, reasons, name, onJudged) {
    this.place = place;
    this.name = name;
    this.reasons = reasons;
    this.region = element("p", { role: "status", class: "recall-reason" });
    this.buttons = [...place.querySelectorAll(".recall-choices > li")].map(buttonIn);
    for (const [i, button] of this.buttons.entries())
      button.addEventListener("click", () => {
        remember(name, button.textContent);
        this.show(i);
        onJudged();
      });
    const [text] = place.children;
    text.id = name.replaceAll("/", "-");
    place.setAttribute("role", "group");
    place.setAttribute("aria-labelledby", text.id);
    place.append(this.region);
    const kept = remembered(name); // the choice itself: questions may change places
    this.show(this.buttons.findIndex((button) => button.textContent === kept));
  }

  isRight() {
    return this.place.dataset.state === "right";
  }

  restart() {
    this.show(-1);
  }

  show(chosen) {
    const reason = this.reasons[chosen];
    const isRight = reason?.classList.contains("recall-right");
    this.place.dataset.state = reason ? (isRight ? "right" : "wrong") : "open";
    for (const [i, button] of this.buttons.entries())
      button.setAttribute("aria-pressed", `${i === chosen}`);
    this.region.replaceChildren(...(reason ? copies(reason) : []));
  }
}

/** Turn what an item of a list holds into a button. */
const buttonIn = (item) => {
  const button = element("button", { type: "button", "aria-pressed": "false" });
  button.append(element("span", {}, ...contents(item)));
  item.replaceChildren(button);
  return button;
};

/** What an item holds, without the paragraph around it. */
const contents = (item) => {
  const paragraph = item.querySelector(":scope > p");
  return [...(paragraph ?? item).childNodes];
};

const copies = (item) => contents(item).map((node) => node.cloneNode(true));

/** Bring the questions of this page to life. */
export const startRecall = () => {
  /** @type {NodeListOf<HTMLElement>} */
  const sections = document.querySelectorAll(".recall");
  for (const section of sections) {
    const places = [...section.querySelectorAll(".recall-question")];
    const answers = [...section.querySelectorAll(".recall-answer")];
    let update = () => {};
    const tasks = places.map((place, i) => {
      const reasons = [...answers[i].querySelectorAll(".recall-reasons > li")];
      const name = `recall/${section.dataset.chapter}/${i}`;
      return new Question(place, reasons, name, () => update());
    });
    update = showProgress(tasks);
    section.dataset.live = "";
  }
};
