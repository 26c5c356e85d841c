// The search page: read the query, and list the pages that `search-ranking.js` finds.

(() => {
  const { find, excerpt, terms } = globalThis.bookSearch;
  const PAGES = 12;
  const PARTS = 3; // of each page
  /** @type {HTMLInputElement} */
  const input = document.querySelector(".bd-search-container input[name=q]");
  const list = document.querySelector("#found-pages");
  const count = document.querySelector("#search-count");

  /**
   * Make an element with children.
   * @param {string} tag
   * @param {string} look
   * @param {...(Node|string)} children
   * @returns {any}
   */
  function made(tag, look, ...children) {
    const element = document.createElement(tag);
    element.className = look;
    element.append(...children);
    return element;
  }

  /**
   * Make a link; who follows it finds the words of the query highlighted, but for small
   * ones, which stand within most others.
   * @param {string} address
   * @param {string} words
   */
  function link(address, words) {
    const element = made("a", "", words);
    element.href = address;
    element.addEventListener("click", () => {
      localStorage.setItem("sphinx_highlight_terms", terms(input.value).join(" "));
    });
    return element;
  }

  /**
   * Show a part of a page: its title, and where in it the words stand.
   * @param {{link: string, title: string}} page
   * @param {string[]} row
   */
  function part(page, [anchor, kind, title, text, code]) {
    const pieces = excerpt(text || code, input.value);
    const words = pieces.map(({ words, isFound }) =>
      isFound ? made("mark", "", words.trim()) : words,
    );
    const spaced = words.flatMap((piece) =>
      piece instanceof Node ? [" ", piece] : [piece],
    );
    const found = made("p", "search-excerpt", ...spaced);
    if (title === page.title) return found; // its beginning
    const heading = made("p", "search-part", link(`${page.link}#${anchor}`, title));
    if (kind !== "section") heading.append(` (${kind})`);
    return made("div", "", heading, found);
  }

  /** List what is found for the query that stands in the field. */
  function show() {
    const query = input.value.trim();
    const found = query ? find(globalThis.searchTexts, query) : [];
    const items = found.slice(0, PAGES).map(({ page, parts }) => {
      const rows = parts.slice(0, PARTS).map(({ row }) => part(page, row));
      const number = page.chapter ? `${page.chapter}. ` : "";
      const title = number + page.title.replace(/^[\d.]+\s/, "");
      return made("li", "", made("h2", "", link(page.link, title)), ...rows);
    });
    list.replaceChildren(...items);
    const pages = found.length === 1 ? "One page" : `${found.length || "No"} pages`;
    count.textContent = query ? `${pages} found.` : "";
  }

  input.value = new URLSearchParams(location.search).get("q") ?? "";
  input.addEventListener("input", show);
  input.focus();
  show();
})();
