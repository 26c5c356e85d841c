// A context of any length, from the logits of its windows to answers: what companion/
// qa_pipeline does in windows.py and answers.py, with its defaults.

/**
 * @typedef {{ first: number, end: number, keepFrom: number, keepTo: number }} Window
 *   the context's tokens first to end; it speaks for keepFrom to keepTo
 * @typedef {{ starts: number[], ends: number[] }} Logits [CLS] first, then the context
 * @typedef {{ score: number, start: number, end: number, answer: string }} Answer
 */

export const LONGEST_WINDOW = 384; // tokens: the question, a piece of the context, and 3
export const LONGEST_QUESTION = 64;
const LONGEST_STRIDE = 128;
const SPECIAL_TOKENS = 3; // [CLS] and two [SEP]
const LONGEST_ANSWER = 15;
const LEAST = 1e-150; // a probability that is never 0, nor is the product of two

/**
 * Cut a context into windows that have room for the question.
 * @param {number} question tokens
 * @param {number} context tokens
 */
export const windows = (question, context) => {
  const room = LONGEST_WINDOW - question - SPECIAL_TOKENS;
  return context <= room ? cut(context, room, 0) : cut(context, room, LONGEST_STRIDE);
};

/**
 * Cut a number of tokens into windows of at most `room`; neighbours share `stride`. The
 * window that speaks for a token is the one that gives it most context.
 * @param {number} tokens
 * @param {number} room
 * @param {number} stride
 * @returns {Window[]}
 */
export const cut = (tokens, room, stride) => {
  const firsts = [0];
  for (let first = room - stride; first < tokens - stride; first += room - stride) {
    firsts.push(first);
  }
  const ends = firsts.map((first) => Math.min(first + room, tokens));
  const middles = firsts
    .slice(1)
    .map((first, i) => first + Math.floor((ends[i] - first + 1) / 2));
  return firsts.map((first, i) => ({
    first,
    end: ends[i],
    keepFrom: i ? middles[i - 1] : 0,
    keepTo: middles[i] ?? tokens,
  }));
};

/**
 * Of one window's logits those of [CLS], and of the tokens it speaks for.
 * @param {{ starts: Float32Array, ends: Float32Array }} logits (T,) each
 * @param {number} question its tokens
 * @param {Window} window
 * @returns {Logits}
 */
export const kept = ({ starts, ends }, question, window) => {
  const begin = question + 2 - window.first; // where the context's token 0 would stand
  const chosen = (/** @type {Float32Array} */ row) => [
    row[0],
    ...row.subarray(begin + window.keepFrom, begin + window.keepTo),
  ];
  return { starts: chosen(starts), ends: chosen(ends) };
};

/**
 * Join the windows' logits, each token once. "No answer" takes its own from the window
 * where their sum is lowest: there is none only if no window has one.
 * @param {Logits[]} parts
 * @returns {Logits}
 */
export const merge = (parts) => {
  const none = parts.reduce((lowest, part) =>
    part.starts[0] + part.ends[0] < lowest.starts[0] + lowest.ends[0] ? part : lowest,
  );
  const all = (/** @type {"starts" | "ends"} */ which) => [
    none[which][0],
    ...parts.flatMap((part) => part[which].slice(1)),
  ];
  return { starts: all("starts"), ends: all("ends") };
};

/**
 * How likely each token of the context is to be first or last; and "no answer".
 * @param {Logits} logits
 */
export const probabilities = (logits) => {
  const [starts, ends] = [logits.starts, logits.ends].map(softmaxOf);
  const tokens = (/** @type {number[]} */ row) =>
    row.slice(1).map((chance) => Math.max(chance, LEAST));
  return {
    starts: tokens(starts),
    ends: tokens(ends),
    noAnswer: starts[0] * ends[0],
  };
};

const softmaxOf = (/** @type {number[]} */ row) => {
  const largest = row.reduce((one, other) => Math.max(one, other));
  const powers = row.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((one, other) => one + other);
  return powers.map((power) => power / sum);
};

/**
 * The most probable answers in whole words, the best first. Spans of tokens that begin
 * and end in the same words are one answer, with their scores added up.
 * @param {string} context
 * @param {import("./wordpiece.js").Tokens} tokens
 * @param {number[]} starts
 * @param {number[]} ends
 * @param {number} [count]
 * @returns {Answer[]}
 */
export const bestAnswers = (context, tokens, starts, ends, count = 1) => {
  const { words, spans } = tokens;
  const scores = new Map(); // by first word and last
  for (let first = 0; first < starts.length; first++) {
    const stop = Math.min(first + LONGEST_ANSWER, starts.length);
    for (let last = first; last < stop; last++) {
      const cell = words[first] * LONGEST_ANSWER + (words[last] - words[first]);
      scores.set(cell, (scores.get(cell) ?? 0) + starts[first] * ends[last]);
    }
  }
  const best = [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, count);
  return best.map(([cell, score]) => {
    const word = Math.floor(cell / LONGEST_ANSWER);
    const start = spans[words.indexOf(word)][0];
    const end = spans[words.lastIndexOf(word + (cell % LONGEST_ANSWER))][1];
    return { score, start, end, answer: context.slice(start, end) };
  });
};
