// A square for each head, in the head's colour: switched by a click, alone by a double.

import { button, element } from "./elements.js";
import { colourOf } from "./strokes.js";

export class Squares {
  /**
   * @param {number[]} heads
   * @param {() => void} changed - called after one was switched
   */
  constructor(heads, changed) {
    this.heads = heads;
    this.on = new Set(heads);
    this.changed = changed;
    this.buttons = heads.map((head) => this.square(head));
    const attributes = { class: "squares", role: "group", "aria-label": "Heads" };
    this.element = element("div", attributes, ...this.buttons);
    this.update();
  }

  square(head) {
    const made = button(String(head), () => this.toggle(head));
    made.setAttribute("role", "checkbox");
    made.setAttribute("aria-label", `head ${head}`);
    made.style.setProperty("--colour", colourOf(head));
    made.addEventListener("dblclick", () => this.alone(head));
    made.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return; // the space bar presses it
      event.preventDefault();
      this.alone(head);
    });
    return made;
  }

  /** The heads that are on, from the first to the last. */
  shown() {
    return this.heads.filter((head) => this.on.has(head));
  }

  toggle(head) {
    if (!this.on.delete(head)) this.on.add(head);
    else if (this.on.size === 0) this.on.add(head); // one stays on
    this.update();
    this.changed();
  }

  /** Show a head alone, or all again where it was alone. */
  alone(head) {
    const isAlone = this.on.size === 1 && this.on.has(head);
    this.only(isAlone ? this.heads : [head]);
    this.changed();
  }

  only(heads) {
    this.on = new Set(heads);
    this.update();
  }

  update() {
    this.buttons.forEach((made, i) => {
      made.setAttribute("aria-checked", this.on.has(this.heads[i]));
    });
  }
}
