// The model with its tokenizer and its weights: questions in, answers out. What it needs
// comes in blocks; of the table of words only those blocks that a text asks for.
import {
  bestAnswers,
  kept,
  LONGEST_QUESTION,
  merge,
  probabilities,
  windows,
} from "./answer.js";
import { encode, trace } from "./bert.js";
import { guesser } from "./guesser.js";
import { spanLogits } from "./heads.js";
import { loaded, unpacked } from "./loading.js";
import { differences } from "./proof.js";
import { tokenizer } from "./wordpiece.js";

/**
 * @typedef {Map<number, Set<number>>} Off heads that are switched off, by layer
 * @typedef {import("./kernel.js").Kernel} Kernel
 * @typedef {import("./wordpiece.js").Tokens} Tokens
 * @typedef {{ asked: Tokens, given: Tokens, ids: number[], types: number[] }} Pieces
 *   of question and text, and what the model reads of them
 * @typedef {{ logits: ReturnType<typeof spanLogits> }} Spans
 * @typedef {Pieces & ReturnType<typeof trace> & Spans} Walked
 * @typedef {Awaited<ReturnType<typeof reader>>} Reader
 */

const LONGEST_WALK = 160; // tokens: all heads of all layers are kept for the page

/**
 * Read the model's blocks, one after the other.
 * @param {Kernel} kernel
 * @param {(name: string) => Promise<string>} block the text of a block, by its name
 */
export const reader = async (kernel, block) => {
  const get = unpacked(block);
  const { texts } = await get("tokenizer");
  const { vocabulary } = texts;
  const tokenize = tokenizer(vocabulary, texts.characters, texts.specials);
  const answering = once(() => loaded(kernel, get)); // when it is first needed
  const guessing = once(() =>
    guesser(kernel, (name) => get(`guesser.${name}`), tokenize, vocabulary),
  );
  const [cls, sep] = ["[CLS]", "[SEP]"].map((piece) => vocabulary.indexOf(piece));

  /** [CLS] question [SEP] window [SEP], with types. */
  const inputs = (/** @type {number[]} */ asked, /** @type {number[]} */ given) => ({
    ids: [cls, ...asked, sep, ...given, sep],
    types: [...Array(asked.length + 2).fill(0), ...Array(given.length + 1).fill(1)],
  });

  const encoded = (/** @type {string} */ question, /** @type {string} */ context) => [
    checked("question", question, tokenize(question)),
    checked("text", context, tokenize(context)),
  ];

  /**
   * Every intermediate of a question and a text, of which one window is read.
   * @param {string} question
   * @param {string} context
   * @param {Off} [off]
   * @returns {Promise<Walked>}
   */
  const walk = async (question, context, off) => {
    const [asked, given] = encoded(question, context);
    if (asked.ids.length + given.ids.length > LONGEST_WALK) {
      throw new RangeError(
        `Here at most ${LONGEST_WALK} tokens are shown, and these are ` +
          `${asked.ids.length + given.ids.length}.`,
      );
    }
    const { ids, types } = inputs(asked.ids, given.ids);
    const { body, on, words } = await answering();
    await words.need(ids);
    const traced = trace(kernel, body, ids, types, off);
    const logits = spanLogits(kernel, on.qa_outputs, traced.hidden);
    return { asked, given, ids, types, ...traced, logits };
  };

  /**
   * The best answers, "no answer"'s score, and where the windows lie.
   * @param {string} question
   * @param {string} context
   * @param {{ count?: number, off?: Off, onWindow?: (done: number, all: number) => void }} [more]
   */
  const answer = async (question, context, { count = 1, off, onWindow } = {}) => {
    const [asked, given] = encoded(question, context);
    const ids = asked.ids.slice(0, LONGEST_QUESTION);
    const places = windows(ids.length, given.ids.length);
    const { body, on, words } = await answering();
    await words.need(inputs(ids, given.ids).ids);
    const parts = places.map((window, number) => {
      const row = inputs(ids, given.ids.slice(window.first, window.end));
      const hidden = encode(kernel, body, row.ids, row.types, off);
      onWindow?.(number + 1, places.length);
      return kept(spanLogits(kernel, on.qa_outputs, hidden), ids.length, window);
    });
    const { starts, ends, noAnswer } = probabilities(merge(parts));
    const answers = bestAnswers(context, given, starts, ends, count);
    return { answers, noAnswer, windows: places, tokens: given, starts, ends };
  };

  /** The walk, and what the QA head would answer after each layer. */
  const afterEachLayer = async (
    /** @type {string} */ question,
    /** @type {string} */ context,
  ) => {
    const walked = await walk(question, context);
    const { on } = await answering();
    return answersByLayer(kernel, on.qa_outputs, walked, context);
  };

  /**
   * The pieces of both texts, and where [CLS] and [SEP] stand; needs no weights.
   * @param {string} question
   * @param {string} context
   * @returns {Pieces}
   */
  const pieces = (question, context) => {
    const [asked, given] = encoded(question, context);
    return { asked, given, ...inputs(asked.ids, given.ids) };
  };

  /**
   * What the model that guesses says of the hidden pieces of a text.
   * @param {string} _question there is none
   * @param {string} context
   * @param {{ hide?: number[], count?: number }} [more]
   */
  const guess = async (_question, context, { hide = [], count = 5 } = {}) => {
    checked("text", context, tokenize(context));
    return (await guessing())(context, hide, count);
  };

  /** How far the numbers of a walk are from those that the companion computed. */
  const proof = async () => {
    const { tensors, texts } = await get("proof");
    const walked = await walk(texts.question, texts.context);
    const { question, context } = /** @type {Record<string, string>} */ (texts);
    return { question, context, rows: differences(walked, tensors) };
  };
  return { pieces, walk, answer, afterEachLayer, guess, proof, tokenize };
};

/**
 * A function that makes something when it is first called.
 * @template T
 * @param {() => Promise<T>} make
 */
const once = (make) => {
  /** @type {Promise<T> | undefined} */
  let made;
  return () => {
    made ??= make();
    return made;
  };
};

/**
 * What the QA head would answer after each layer; the first is that of the embeddings.
 * @param {Kernel} kernel
 * @param {import("./bert.js").Linear} qaOutputs
 * @param {Walked} walked
 * @param {string} context
 */
const answersByLayer = (kernel, qaOutputs, walked, context) => {
  const asked = walked.asked.ids.length;
  const hidden = [walked.embeddings.output, ...walked.layers.map((one) => one.output)];
  return hidden.map((stream) => {
    const logits = spanLogits(kernel, qaOutputs, stream);
    const window = { first: 0, end: 0, keepFrom: 0, keepTo: walked.given.ids.length };
    const { starts, ends, noAnswer } = probabilities(kept(logits, asked, window));
    const [best] = bestAnswers(context, walked.given, starts, ends);
    return { ...best, noAnswer };
  });
};

/**
 * A text with at least one token.
 * @param {string} name
 * @param {string} text
 * @param {Tokens} tokens
 */
const checked = (name, text, tokens) => {
  if (tokens.ids.length) return tokens;
  const why = text.trim() ? "has nothing that the model could read" : "is empty";
  throw new RangeError(`The ${name} ${why}.`);
};
