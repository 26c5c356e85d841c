// Which pages answer a query best. `search-texts.js` has the pages, `search.js` shows
// what is found.
//
// Words are compared without their endings. A part of a page (a section, an entry of the
// glossary, a function) gets points for each word in its title, its text and its code,
// more for a rare word. A page that is about the query, by its title or by what the
// glossary says, comes before pages that only mention it.

globalThis.bookSearch = (() => {
  /** @typedef {[anchor: string, kind: string, title: string, text: string, code: string]} Row */
  /** @typedef {{link: string, title: string, chapter: ?number, parts: Row[]}} Page */
  /** @typedef {{row: Row, points: number}} Part */
  /** @typedef {{page: Page, points: number, parts: Part[]}} Found */

  const POINTS = { title: 6, text: 2, code: 0.5, phrase: 4, term: 12, topic: 100 };
  const SMALL = new Set(
    "a an and are as at by do does for from how i in is it of on or the to what why with".split(
      " ",
    ),
  );
  const TERM = "term";
  const LOOKED_UP = 0.7; // lists and references, beside chapters that tell

  /**
   * Take off a word's ending, so that "masked" finds "mask", and "embeddings" "embedding".
   * @param {string} word
   */
  const stem = (word) => {
    const short = word.replace(/(?<!s)s$/, "").replace(/(?:ing|ed|e)$/, "");
    return short.length > 2 ? short : word;
  };

  /**
   * Split a text into words; "[MASK]" is another word than "mask".
   * @param {string} text
   * @returns {string[]}
   */
  const split = (text) => text.toLowerCase().match(/\[\p{L}+\]|[\p{L}\p{N}]+/gu) ?? [];

  /** Split a text into words without their endings. */
  const wordsOf = (text) => split(text).map(stem);

  /** The words of a query that a page is to mark: no letters, and no small words. */
  const terms = (query) => split(query).filter((word) => word[1] && !SMALL.has(word));

  /**
   * Split a query; small words count only where there are no others.
   * @param {string} query
   */
  const asked = (query) => {
    const every = wordsOf(query);
    const large = every.filter((word) => !SMALL.has(word));
    return [...new Set(large.length ? large : every)];
  };

  /**
   * Count how often a word stands in a text, or begins one there, which counts half.
   * @param {string[]} words
   * @param {string} wanted
   */
  const times = (words, wanted) => {
    let count = 0;
    for (const word of words) {
      if (word === wanted) count += 1;
      else if (wanted.length > 2 && word.startsWith(wanted)) count += 0.5;
    }
    return count;
  };

  /** @param {string[]} words */
  const joined = (words) => ` ${words.join(" ")} `;

  /**
   * The words of each part's title, text and code; read once.
   * @type {WeakMap<Row, string[][]>}
   */
  const read = new WeakMap();

  /** @param {Row} row */
  const fieldsOf = (row) => {
    if (!read.has(row)) read.set(row, row.slice(2).map(wordsOf));
    return read.get(row);
  };

  /**
   * Return the points of a part for each word of a query.
   * @param {Row} row
   * @param {string[]} words
   */
  const pointsOf = (row, words) => {
    const [title, text, code] = fieldsOf(row);
    const limit = (count) => count / (count + 3); // the tenth time says little more
    return words.map(
      (word) =>
        POINTS.title * Math.min(1, times(title, word)) +
        POINTS.text * limit(times(text, word)) +
        POINTS.code * limit(times(code, word)),
    );
  };

  /**
   * Tell what a page is about: the words of its title before the colon.
   * @param {Page} page
   */
  const topicOf = (page) =>
    joined(wordsOf(page.title.replace(/^[\d.]+\s/, "").split(":")[0]));

  /**
   * Return the chapters that the glossary names for a query.
   * @param {Page[]} pages
   * @param {string[]} words
   */
  const explainedIn = (pages, words) => {
    const phrase = joined(words);
    const terms = pages.flatMap((page) => page.parts).filter((row) => row[1] === TERM);
    const exact = terms.filter((row) => joined(fieldsOf(row)[0]) === phrase);
    return new Set(exact.map((row) => Number(/chapter (\d+)$/.exec(row[3])?.[1])));
  };

  /**
   * Add up what makes a part good: its words, rare ones more, and the query as a whole.
   * @param {Row} row
   * @param {number[]} points
   * @param {number[]} rarity
   * @param {string[]} words
   */
  const total = (row, points, rarity, words) => {
    const [title, text] = fieldsOf(row).map(joined);
    const phrase = joined(words);
    let sum = points.reduce((all, one, i) => all + one * rarity[i], 0);
    if (title.includes(phrase)) sum += POINTS.phrase;
    if (words.length > 1 && text.includes(phrase)) sum += POINTS.phrase;
    return title === phrase && row[1] === TERM ? sum + POINTS.term : sum;
  };

  /**
   * Find the pages for a query, the best first, each with its parts, the best first.
   *
   * If parts have all words of the query, others do not count.
   * @param {Page[]} pages
   * @param {string} query
   * @returns {Found[]}
   */
  const find = (pages, query) => {
    const words = asked(query);
    const rows = pages.flatMap((page) => page.parts.map((row) => ({ page, row })));
    const scored = rows.map((one) => ({ ...one, each: pointsOf(one.row, words) }));
    const having = words.map((_, i) => scored.filter((one) => one.each[i]).length);
    const rarity = having.map((count) => Math.log(1 + rows.length / (1 + count)));
    const most = Math.max(1, ...scored.map((one) => one.each.filter(Boolean).length));
    const chapters = explainedIn(pages, words);
    /** @type {Map<Page, Found>} */
    const found = new Map();
    for (const { page, row, each } of scored) {
      if (!words.length || each.filter(Boolean).length < most) continue;
      const part = { row, points: total(row, each, rarity, words) };
      if (!found.has(page)) found.set(page, { page, points: 0, parts: [] });
      found.get(page).parts.push(part);
    }
    for (const page of pages.filter((page) => chapters.has(page.chapter))) {
      const top = { row: page.parts[0], points: 0 }; // it may use another name
      if (!found.has(page)) found.set(page, { page, points: 0, parts: [top] });
    }
    for (const one of found.values()) {
      one.parts.sort((a, b) => b.points - a.points);
      const [first, ...others] = one.parts.map((part) => part.points);
      one.points = first + 0.05 * others.reduce((all, points) => all + points, 0);
      if (one.page.link.startsWith("book/")) one.points *= LOOKED_UP;
      if (topicOf(one.page) === joined(words)) one.points += POINTS.topic;
      if (chapters.has(one.page.chapter)) one.points += POINTS.topic;
    }
    return [...found.values()].sort((a, b) => b.points - a.points);
  };

  /**
   * Return a piece of a text around the first place that has a word of the query.
   * @param {string} text
   * @param {string} query
   * @param {number} length - in characters, about
   * @returns {{words: string, isFound: boolean}[]}
   */
  const excerpt = (text, query, length = 200) => {
    const wanted = asked(query);
    const isFound = (piece) =>
      wordsOf(piece).some((word) => wanted.some((one) => word.startsWith(one)));
    const pieces = text.match(/\s*\S+/g) ?? [];
    const first = Math.max(0, pieces.findIndex(isFound));
    let [from, to] = [first, first];
    const size = () => pieces.slice(from, to).join("").length;
    while (from > 0 && size() < length / 3) from--;
    while (to < pieces.length && size() < length) to++;
    const told = (words) => ({ words, isFound: isFound(words) });
    const shown = pieces.slice(from, to).map(told);
    const dots = { words: " … ", isFound: false };
    return [...(from ? [dots] : []), ...shown, ...(to < pieces.length ? [dots] : [])];
  };

  return { find, excerpt, terms };
})();
