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
import { logitsOf, spanLogits, trace } from "./bert.js";
import { modules, rowsOf, unpack, wordTable } from "./weights.js";
import { tokenizer } from "./wordpiece.js";

/** @typedef {Map<number, Set<number>>} Off heads that are switched off, by layer */

const LONGEST_WALK = 160; // tokens: all heads of all layers are kept for the page

/**
 * Read the model's blocks, one after the other.
 * @param {import("./kernel.js").Kernel} kernel
 * @param {(name: string) => Promise<string>} block the text of a block, by its name
 */
export const reader = async (kernel, block) => {
  const get = async (/** @type {string} */ name) => {
    const text = await block(name);
    return unpack(text).catch(() => {
      throw new Error(`${name} is damaged: load the page again.`);
    });
  };
  const { texts } = await get("tokenizer");
  const tokenize = tokenizer(texts.vocabulary, texts.characters, texts.specials);
  const words = wordTable(get, texts.rows);
  let loading = null; // the encoder comes when it is first needed
  const encoder = () => {
    loading ??= loaded(kernel, get, words.look, texts);
    return loading;
  };
  const [cls, sep] = ["[CLS]", "[SEP]"].map((piece) => texts.vocabulary.indexOf(piece));

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
    const model = await encoder();
    await words.need(ids);
    return { asked, given, ids, types, ...trace(kernel, model, ids, types, off) };
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
    const model = await encoder();
    await words.need(inputs(ids, given.ids).ids);
    const parts = places.map((window, number) => {
      const row = inputs(ids, given.ids.slice(window.first, window.end));
      const logits = logitsOf(kernel, model, row.ids, row.types, off);
      onWindow?.(number + 1, places.length);
      return kept(logits, ids.length, window);
    });
    const { starts, ends, noAnswer } = probabilities(merge(parts));
    const answers = bestAnswers(context, given, starts, ends, count);
    return { answers, noAnswer, windows: places, tokens: given, starts, ends };
  };
  /** The walk, and what the QA head would answer after each layer. */
  const afterEachLayer = async (question, context) => {
    const walked = await walk(question, context);
    return answersByLayer(kernel, await encoder(), walked, context);
  };

  /** The pieces of both texts, and where [CLS] and [SEP] stand; needs no weights. */
  const pieces = (question, context) => {
    const [asked, given] = encoded(question, context);
    return { asked, given, ...inputs(asked.ids, given.ids) };
  };

  /** How far the numbers of a walk are from those that the companion computed. */
  const proof = async () => {
    const { tensors, texts } = await get("proof");
    const walked = await walk(texts.question, texts.context);
    return { ...texts, rows: differences(walked, tensors) };
  };
  return { pieces, walk, answer, afterEachLayer, proof, tokenize };
};

/** What the QA head would answer after each layer; the first is that of the embeddings. */
const answersByLayer = (kernel, model, walked, context) => {
  const begin = walked.asked.ids.length + 2;
  const hidden = [walked.embeddings.output, ...walked.layers.map((one) => one.output)];
  return hidden.map((stream) => {
    const logits = spanLogits(kernel, model.qaOutputs, stream);
    const window = { first: 0, end: 0, keepFrom: 0, keepTo: walked.given.ids.length };
    const { starts, ends, noAnswer } = probabilities(kept(logits, begin - 2, window));
    const [best] = bestAnswers(context, walked.given, starts, ends);
    return { ...best, noAnswer };
  });
};

/** For each module of a walk: how many numbers, and the largest difference. */
const differences = (walked, tensors) => {
  const parts = [
    ["embeddings", walked.embeddings],
    ...walked.layers.map((layer, number) => [`layer.${number}`, layer]),
    ["logits", walked.logits],
  ];
  return parts.flatMap(([part, computed]) =>
    Object.entries(computed).map(([name, numbers]) => {
      const { data } = tensors.get(`${part}.${name}`);
      const distances = numbers.map((number, i) => Math.abs(number - data[i]));
      if (data.length !== numbers.length)
        throw new Error(`${part}.${name}: other shape`);
      const difference = distances.reduce((a, b) => Math.max(a, b));
      return { name: `${part}.${name}`, numbers: numbers.length, difference };
    }),
  );
};

/** A text with at least one token. */
const checked = (name, text, tokens) => {
  if (tokens.ids.length) return tokens;
  const why = text.trim() ? "has nothing that the model could read" : "is empty";
  throw new RangeError(`The ${name} ${why}.`);
};

/** The model as bert.js takes it. */
const loaded = async (kernel, get, words, { heads, layers }) => {
  const { tensors } = await get("model");
  const { bert, qa_outputs: qaOutputs } = modules(kernel, tensors);
  const table = (name) => (/** @type {number[]} */ ids) =>
    rowsOf(tensors, `bert.embeddings.${name}_embeddings.weight`, ids);
  const embeddings = {
    words,
    positions: table("position"),
    tokenTypes: table("token_type"),
    LayerNorm: bert.embeddings.LayerNorm,
  };
  const model = { heads, embeddings, layers: [], qaOutputs };
  for (let number = 0; number < layers; number++) {
    model.layers.push(modules(kernel, (await get(`layer.${number}`)).tensors));
  }
  return model;
};
