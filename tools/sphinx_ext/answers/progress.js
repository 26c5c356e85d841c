// How many tasks of a section are done, and a way to begin again.

import { element } from "./elements.js";
import { forget } from "./memory.js";

/**
 * Put a line below the heading of the section that holds `tasks`.
 * @param {{place: Element, name: string, isRight: () => boolean,
 *   restart: () => void}[]} tasks
 * @param {(areRight: boolean) => void} [noted] is told whether all are right
 * @returns {() => void} what brings the line up to date
 */
export const showProgress = (tasks, noted = () => {}) => {
  const words = element("span");
  const again = element("button", { type: "button" }, "Forget my answers");
  const line = element("p", { class: "answers-progress" }, words, again);
  const heading = tasks[0].place.closest("section[id]:has(> h2)")?.querySelector("h2");
  heading?.after(line);
  const update = () => {
    const right = tasks.filter((task) => task.isRight()).length;
    words.textContent = `${right} of ${tasks.length} right, kept in this browser only. `;
    noted(right === tasks.length);
  };
  again.addEventListener("click", () => {
    forget(tasks.map((task) => task.name));
    for (const task of tasks) task.restart();
    update();
  });
  update();
  return update;
};
