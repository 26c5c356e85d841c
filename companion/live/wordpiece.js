// Text to words, words to pieces, each with the place in the text it was made from: what
// companion/tokens/words.py does, for the embedded model's vocabulary.

/**
 * @typedef {[number, number]} Span text.slice(first, end), in JavaScript's UTF-16 units
 * @typedef {{ character: string, span: Span }} Letter
 * @typedef {Letter[]} Word
 * @typedef {{ ids: number[], pieces: string[], spans: Span[], words: number[] }} Tokens
 *   `words` says for each token which word it belongs to; they count from 0
 * @typedef {Record<"dropped" | "space" | "apart", Span[]>} Characters
 *   code points, first and last, of each class: see characters.py
 */

const [KEPT, DROPPED, SPACE, APART] = [0, 1, 2, 3];
const LONGEST_WORD = 100; // characters
const UNKNOWN = "[UNK]";

/**
 * A tokenizer: text in, tokens out.
 * @param {string[]} vocabulary each piece at its id
 * @param {Characters} characters
 * @param {string[]} specials pieces that stay whole in a text, such as [SEP]
 */
export const tokenizer = (vocabulary, characters, specials) => {
  const ids = new Map(vocabulary.map((piece, id) => [piece, id]));
  const kinds = kindsOf(characters);
  return (/** @type {string} */ text) => {
    /** @type {Tokens} */
    const tokens = { ids: [], pieces: [], spans: [], words: [] };
    splitWords(text, kinds, specials).forEach((word, number) => {
      for (const [first, end, piece] of wordpiece(word, ids)) {
        tokens.ids.push(ids.get(piece) ?? -1); // it is there: see wordpiece
        tokens.pieces.push(piece);
        tokens.spans.push([word[first].span[0], word[end - 1].span[1]]);
        tokens.words.push(number);
      }
    });
    return tokens;
  };
};

/** The kind of each code point, as one array. */
const kindsOf = (/** @type {Characters} */ { dropped, space, apart }) => {
  const kinds = new Uint8Array(0x110000); // KEPT
  for (const [ranges, kind] of /** @type {[Span[], number][]} */ ([
    [dropped, DROPPED],
    [space, SPACE],
    [apart, APART],
  ])) {
    for (const [first, last] of ranges) kinds.fill(kind, first, last + 1);
  }
  return kinds;
};

/**
 * Split a text at whitespace; punctuation and Chinese characters stand alone.
 * @param {string} text
 * @param {Uint8Array} kinds
 * @param {string[]} specials
 * @returns {Word[]}
 */
export const splitWords = (text, kinds, specials) => {
  const words = /** @type {Word[]} */ ([]);
  let word = /** @type {Word} */ ([]);
  const ended = () => {
    if (word.length) words.push(word);
    word = [];
  };
  for (let at = 0; at < text.length; ) {
    const special = specials.find((each) => text.startsWith(each, at));
    const point = text.codePointAt(at) ?? 0; // before the end there is one
    const character = special ?? String.fromCodePoint(point);
    const kind = special ? APART : kinds[point];
    /** @type {Letter} */
    const letter = { character, span: [at, at + character.length] };
    if (kind === SPACE || kind === APART) ended();
    if (kind === APART) words.push([letter]);
    if (kind === KEPT) word.push(letter);
    at += character.length;
  }
  ended();
  return words;
};

/**
 * Cut a word into pieces, always the longest that fits; ## continues a word.
 * @param {Word} word
 * @param {Map<string, number>} vocabulary
 * @returns {[number, number, string][]} word.slice(first, end), and the piece
 */
export const wordpiece = (word, vocabulary) => {
  const unknown = /** @type {[number, number, string][]} */ ([
    [0, word.length, UNKNOWN],
  ]);
  if (word.length > LONGEST_WORD) return unknown;
  const pieces = /** @type {[number, number, string][]} */ ([]);
  for (let start = 0, end = 0; start < word.length; start = end) {
    const prefix = start ? "##" : "";
    const piece = () =>
      prefix +
      word
        .slice(start, end)
        .map((letter) => letter.character)
        .join("");
    end = word.length;
    while (end > start && !vocabulary.has(piece())) end--;
    if (end === start) return unknown;
    pieces.push([start, end, piece()]);
  }
  return pieces;
};
