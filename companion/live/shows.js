// What a panel shows of an answer: one function for each kind, from the worker's result
// to elements of the page.
import { make, score, shade, strip, table } from "./elements.js";

/** @typedef {import("./answer.js").Answer} Answer */
/**
 * @template {keyof import("./reader.js").Reader} What
 * @typedef {Awaited<ReturnType<import("./reader.js").Reader[What]>>} Result
 */
/**
 * @template {keyof import("./reader.js").Reader} What
 * @typedef {(result: Result<What>, text: string) => HTMLElement[]} Show
 */

/**
 * The answer marked in its text, with its score and the runners-up.
 * @type {Show<"answer">}
 */
export const showAnswer = ({ answers, noAnswer }, text) => {
  const [best, ...others] = answers;
  const isNone = noAnswer > best.score;
  const said = isNone
    ? `No answer (${score(noAnswer)}). The nearest piece: ${best.answer}`
    : best.answer;
  return [
    make(
      "p",
      { class: "live-answer" },
      make("strong", {}, said),
      ` ${score(best.score)}`,
    ),
    make(
      "blockquote",
      { class: "live-text" },
      text.slice(0, best.start),
      isNone ? best.answer : make("mark", {}, best.answer),
      text.slice(best.end),
    ),
    runnersUp(others, isNone ? null : noAnswer),
  ];
};

const runnersUp = (
  /** @type {Answer[]} */ others,
  /** @type {number | null} */ noAnswer,
) => {
  const rows = others.map((one) => [one.answer, score(one.score)]);
  if (noAnswer !== null) rows.push(["no answer", score(noAnswer)]);
  return table("What else it thought of", ["answer", "score"], rows);
};

/**
 * The pieces of both texts as the model reads them.
 * @type {Show<"pieces">}
 */
export const showPieces = ({ asked, given, ids, types }) => {
  const pieces = ["[CLS]", ...asked.pieces, "[SEP]", ...given.pieces, "[SEP]"];
  const rows = pieces.map((piece, place) => [piece, ids[place], types[place], place]);
  const head = ["piece", "id", "type", "position"];
  return [
    table(
      `${pieces.length} tokens`,
      head,
      rows.map((row) => row.map(String)),
    ),
  ];
};

/**
 * Where an answer may start and end, and the spans with the highest scores.
 * @type {Show<"answer">}
 */
export const showSpans = ({ answers, starts, ends, noAnswer, tokens }) => [
  make("p", {}, "How likely each token is to be the answer's first:"),
  ...chances("Start probabilities", tokens.pieces, starts, "to start"),
  make("p", {}, "And its last:"),
  ...chances("End probabilities", tokens.pieces, ends, "to end"),
  table(
    "The best spans: a start times an end, added up over whole words",
    ["span", "score"],
    [
      ...answers.map((one) => [one.answer, score(one.score)]),
      ["no answer: [CLS] times [CLS]", score(noAnswer)],
    ],
  ),
];

/**
 * A strip of pieces, and a line that says the probability of the piece that is picked.
 * @param {string} name
 * @param {string[]} pieces
 * @param {ArrayLike<number>} shares
 * @param {string} what
 */
const chances = (name, pieces, shares, what) => {
  const said = make("p", { role: "status" }, "Choose a token to read its probability.");
  const whole = strip(name, pieces, shares, (place) => {
    shade(whole, shares, place);
    const words = `: ${score(shares[place])} ${what}`;
    said.replaceChildren(make("code", {}, pieces[place]), words);
  });
  return [whole, said];
};

/**
 * The windows in which a long text is read, and what each of them speaks for.
 * @type {Show<"answer">}
 */
export const showWindows = (result, text) => {
  const { spans } = result.tokens;
  const words = (/** @type {number} */ first, /** @type {number} */ end) => {
    const piece = text.slice(spans[first][0], spans[end - 1][1]);
    return piece.length < 60 ? piece : `${piece.slice(0, 28)} … ${piece.slice(-28)}`;
  };
  const rows = result.windows.map((window, number) => [
    String(number),
    `${window.first} to ${window.end - 1}`,
    `${window.keepFrom} to ${window.keepTo - 1}`,
    words(window.keepFrom, window.keepTo),
  ]);
  const count = rows.length === 1 ? "one window" : `${rows.length} windows`;
  const caption = `${spans.length} tokens in ${count}`;
  const head = ["window", "reads tokens", "speaks for", "which are"];
  return [...showAnswer(result, text).slice(0, 1), table(caption, head, rows)];
};

/**
 * The largest distance between what the browser computed and what Python did.
 * @type {Show<"proof">}
 */
export const showProof = ({ question, context, rows }) => {
  const worst = Math.max(...rows.map((row) => row.difference));
  const bound = [1e-6, 1e-5, 1e-4, 1e-3].find((limit) => worst < limit);
  const said = bound ? `below ${bound}` : `${worst}, which is too much`;
  return [
    make(
      "p",
      { class: "live-answer" },
      `“${question}” about “${context}”: the largest difference of `,
      `${rows.reduce((sum, row) => sum + row.numbers, 0).toLocaleString("en")} numbers is `,
      make("strong", {}, said),
      ".",
    ),
    table(
      "What your browser computed, beside what the companion had computed in Python",
      ["module", "numbers", "largest difference"],
      rows.map((row) => [
        row.name,
        row.numbers.toLocaleString("en"),
        row.difference.toExponential(1),
      ]),
    ),
  ];
};

/**
 * What the QA head would answer from the stream after each layer.
 * @type {Show<"afterEachLayer">}
 */
export const showLayers = (layers) => [
  table(
    "The QA head, asked after each layer",
    ["after", "answer", "score", "no answer"],
    layers.map((one, number) => [
      number ? `layer ${number - 1}` : "the embeddings",
      one.answer,
      score(one.score),
      score(one.noAnswer),
    ]),
  ),
];
