// The model that guesses hidden words: another body than the reader's, and the masked-word
// head on it, which needs the whole table of words.
import { encode } from "./bert.js";
import { wordLogits } from "./heads.js";
import { loaded } from "./loading.js";

/**
 * @typedef {import("./wordpiece.js").Tokens} Tokens
 * @typedef {import("./bert.js").Linear} Linear
 * @typedef {{ piece: string, chance: number }} Guess
 * @typedef {Guess & { rank: number }} Own the hidden piece itself; the best guess has rank 1
 * @typedef {{ place: number, guesses: Guess[], own: Own }} Hidden
 */

const LONGEST = 160; // tokens: each has a button in the page

/**
 * Read the model's blocks, one after the other.
 * @param {import("./kernel.js").Kernel} kernel
 * @param {import("./loading.js").Get} get
 * @param {(text: string) => Tokens} tokenize
 * @param {string[]} vocabulary
 */
export const guesser = async (kernel, get, tokenize, vocabulary) => {
  const { body, on, words, rows } = await loaded(kernel, get);
  const { transform, bias } = on.cls.predictions;
  const predictions = { transform, decoder: /** @type {Linear[]} */ ([]) };
  for (let first = 0; first < vocabulary.length; first += rows) {
    const table = await words.whole(first / rows); // (rows, H), the decoder's too
    const weight = kernel.keep(table, transform.LayerNorm.weight.length);
    const its = bias.subarray(first, first + rows);
    predictions.decoder.push({ weight, bias: its });
  }
  const [cls, sep, mask] = ["[CLS]", "[SEP]", "[MASK]"].map((special) =>
    vocabulary.indexOf(special),
  );

  /**
   * Guess the pieces that are hidden; a [MASK] in the text is one of them.
   * @param {string} text
   * @param {number[]} hide their places; [CLS] has place 0
   * @param {number} count how many guesses for each
   */
  return (text, hide, count) => {
    const tokens = tokenize(text);
    const own = [cls, ...fitting(tokens.ids), sep];
    const ids = [...own];
    for (const place of hide.filter((p) => p > 0 && p < ids.length - 1)) {
      ids[place] = mask;
    }
    const last = encode(kernel, body, ids, Array(ids.length).fill(0)); // (T, H)
    const places = [...ids.keys()].filter((place) => ids[place] === mask);
    const hidden = places.map((place) => {
      const vector = row(last, ids.length, place); // (H,)
      const logits = wordLogits(kernel, predictions, vector); // (V,)
      const chances = kernel.softmax(logits, vocabulary.length);
      return { place, ...ranked(chances, vocabulary, own[place], count) };
    });
    return { tokens, hidden };
  };
};

/** The ids, if they are not too many. */
const fitting = (/** @type {number[]} */ ids) => {
  if (ids.length + 2 <= LONGEST) return ids;
  throw new RangeError(
    `Here at most ${LONGEST - 2} tokens are read, and these are ${ids.length}.`,
  );
};

/**
 * One of `rows` rows.
 * @param {Float32Array} matrix
 * @param {number} rows
 * @param {number} number
 */
const row = (matrix, rows, number) => {
  const size = matrix.length / rows;
  return matrix.subarray(number * size, (number + 1) * size);
};

/**
 * The likeliest pieces, and how likely the piece `id` itself is.
 * @param {Float32Array} chances (V,)
 * @param {string[]} vocabulary
 * @param {number} id
 * @param {number} count
 * @returns {{ guesses: Guess[], own: Own }}
 */
const ranked = (chances, vocabulary, id, count) => {
  const guess = (/** @type {number} */ number) => ({
    piece: vocabulary[number],
    chance: chances[number],
  });
  const least = chances.slice().sort()[chances.length - count];
  const best = [...chances.keys()]
    .filter((number) => chances[number] >= least)
    .sort((a, b) => chances[b] - chances[a]);
  const rank = 1 + chances.filter((chance) => chance > chances[id]).length;
  return { guesses: best.slice(0, count).map(guess), own: { ...guess(id), rank } };
};
