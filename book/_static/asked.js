// The panel of the front page: choose a question, and see the answer in the text.
//
// `companion.views.answer_view` writes the text and a list of questions with what the
// model answered. Here the list becomes buttons. Where answers come from is one function,
// `ask`: it promises what was found, so a model that computes in the page can take the
// place of the stored answers, and nothing else changes.

(() => {
  /**
   * What a model finds: characters `start` to `end` of the text; none if both are 0.
   * @typedef {{start: number, end: number, score: number}} Found
   */

  const NOTHING = "No answer in this text";

  /**
   * Make an element with a class and text.
   * @param {string} tag
   * @param {string} look
   * @param {string} [text]
   * @returns {any}
   */
  function made(tag, look, text = "") {
    const element = document.createElement(tag);
    element.className = look;
    element.textContent = text;
    return element;
  }

  /**
   * Take the answers out of the list, by question.
   * @param {HTMLElement} list
   * @returns {Map<string, Found>}
   */
  function storedIn(list) {
    const found = new Map();
    /** @type {NodeListOf<HTMLElement>} */
    const items = list.querySelectorAll(":scope > *");
    for (const item of items) {
      const { start, end, score } = item.dataset;
      const question = item.querySelector("q").textContent;
      found.set(question, { start: +start, end: +end, score: +score });
    }
    return found;
  }

  /**
   * Show an answer: marked in the text, and in words with its score.
   * @param {HTMLElement} place - the text
   * @param {HTMLElement} status - the line that says the answer
   * @param {string} text
   * @param {Found} found
   */
  function show(place, status, text, { start, end, score }) {
    const answer = text.slice(start, end);
    const mark = made("mark", "", answer);
    place.replaceChildren(
      text.slice(0, start),
      ...(end ? [mark] : []),
      text.slice(end),
    );
    const bar = made("span", "asked-bar");
    bar.style.setProperty("--score", `${100 * score}%`);
    bar.ariaHidden = "true";
    const number = made("span", "asked-score", `score ${score.toFixed(2)}`);
    status.replaceChildren(
      made("strong", "", answer || NOTHING),
      " ",
      bar,
      " ",
      number,
    );
  }

  /**
   * Bring a panel to life.
   * @param {HTMLElement} root - with the text and the list
   * @param {Iterable<string>} questions
   * @param {(question: string) => Promise<Found>} ask
   */
  function start(root, questions, ask) {
    /** @type {HTMLElement} */
    const place = root.querySelector(".asked-text");
    const list = root.querySelector(".asked-questions");
    const text = place.textContent;
    const status = made("p", "asked-answer");
    status.role = "status";
    const buttons = [...questions].map((question) => {
      const button = made("button", "asked-question", question);
      button.type = "button";
      return button;
    });
    let latest = 0;
    const choose = async (chosen) => {
      const turn = ++latest;
      for (const button of buttons) button.ariaPressed = `${button === chosen}`;
      const found = await ask(chosen.textContent);
      if (turn === latest) show(place, status, text, found);
    };
    for (const button of buttons) {
      button.addEventListener("click", () => choose(button));
    }
    const items = buttons.map((button) => {
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    list.replaceChildren(...items);
    list.before(status);
    root.classList.add("is-live");
    choose(buttons[0]);
  }

  /** @type {NodeListOf<HTMLElement>} */
  const roots = document.querySelectorAll(".asked");
  for (const root of roots) {
    const stored = storedIn(root.querySelector(".asked-questions"));
    start(root, stored.keys(), async (question) => stored.get(question));
  }
})();
