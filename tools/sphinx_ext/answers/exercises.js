// The field of an exercise: what is typed is judged, said, and remembered.

import { say } from "./elements.js";
import { chapterAt, remember, remembered, setFinished } from "./memory.js";
import { showProgress } from "./progress.js";
import { unsealed } from "./sealed.js";
import { NOT_ANSWERED, RIGHT, verdict } from "./verdicts.js";

/** One exercise's form; `onJudged` is called after each verdict. */
class Exercise {
  constructor(place, onJudged) {
    this.place = place;
    this.name = place.dataset.check;
    this.form = place.querySelector("form");
    this.region = place.querySelector("[role=status]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = event.submitter?.value || this.input?.value || "";
      remember(this.name, typed);
      this.judge(typed);
      onJudged();
    });
    this.form.hidden = false;
    this.show(remembered(this.name) ?? "");
  }

  get input() {
    return this.form.querySelector("input");
  }

  isRight() {
    return this.place.dataset.state === RIGHT;
  }

  restart() {
    this.show("");
  }

  show(typed) {
    if (this.input) this.input.value = typed;
    this.judge(typed);
  }

  judge(typed) {
    const key = unsealed(this.name, this.place.dataset.key);
    const sentence = verdict(key, typed);
    const states = { [RIGHT]: RIGHT, [NOT_ANSWERED]: "open" };
    this.place.dataset.state = states[sentence] ?? "wrong";
    for (const button of this.form.querySelectorAll("button[value]"))
      button.setAttribute("aria-pressed", `${button.value === typed}`);
    say(this.region, sentence);
  }
}

/** Bring the fields of this page to life. */
export const startExercises = () => {
  const places = [...document.querySelectorAll(".answer[data-check]")];
  let update = () => {};
  const tasks = places.map((place) => new Exercise(place, () => update()));
  const noted = (areRight) => setFinished(chapterAt(location.pathname), areRight);
  if (tasks.length) update = showProgress(tasks, noted);
};
