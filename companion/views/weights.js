// The weights of a view, by the numbers of their layer, head and tokens in the text.

/** @typedef {(from: number, to: number) => number} Sheet - the weights of one head */

export class Weights {
  /** @type {string[]} */ tokens;
  /** @type {string[]} */ groups; // of each token
  /** @type {number[]} */ layers;
  /** @type {number[]} */ heads;
  /** @type {number[]} */ rows; // tokens that read
  /** @type {number[]} */ columns; // tokens that are read
  /** @type {{name: string, rows: number[], columns: number[]}[]} */ parts;
  /** @type {number} */ levels;
  /** @type {number[][][][]} */ weights; // by layer, head, row, column
  /** @type {number[][][][] | undefined} */ fine;

  constructor(header) {
    Object.assign(this, header);
    this.rowOf = new Map(header.rows.map((token, i) => [token, i]));
    this.columnOf = new Map(header.columns.map((token, i) => [token, i]));
  }

  /**
   * The weights of a head, which were stored as square roots in whole numbers.
   * @returns {Sheet}
   */
  sheet(layer, head) {
    const [l, h] = [this.layers.indexOf(layer), this.heads.indexOf(head)];
    const [whole, fine] = [this.weights[l][h], this.fine?.[l][h]];
    return (from, to) => {
      const [i, j] = [this.rowOf.get(from), this.columnOf.get(to)];
      const above = fine ? (fine[i][j] - 8) / 16 : 0; // as in `packing.py`
      return ((whole[i][j] + above) / this.levels) ** 2;
    };
  }

  /**
   * The mean of several heads.
   * @param {number[]} heads
   * @returns {Sheet}
   */
  mean(layer, heads) {
    const sheets = heads.map((head) => this.sheet(layer, head));
    return (from, to) =>
      sheets.reduce((sum, sheet) => sum + sheet(from, to), 0) / sheets.length;
  }

  /** A query (`name` "queries", by row) or a key ("keys", by column), as D numbers. */
  vector(name, layer, head, token) {
    const [i, j] = [this.layers.indexOf(layer), this.heads.indexOf(head)];
    const place = (name === "queries" ? this.rowOf : this.columnOf).get(token);
    const step = this[`${name}_steps`][i][j];
    return Array.from(this[name][i][j][place], (x) => (x - 128) * step);
  }
}

/** The tokens, each with its weight, that have the most. */
export const most = (tokens, weightOf, count = 3) =>
  tokens
    .map((token) => ({ token, weight: weightOf(token) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count);

export const MANY = 24; // words below one another that one looks at without scrolling

/**
 * The tokens of a long text that have weight: at the left the question's and those with
 * the strongest lines to a word, at the right those that get the most in all. Special
 * tokens, on which most heads rest, count at the right only.
 * @param {Weights} weights
 * @param {{rows: number[], columns: number[]}} part
 * @param {Sheet} sheet
 * @param {number[]} kept - tokens that are to be among them
 */
export const withWeight = (weights, { rows, columns }, sheet, kept = []) => {
  const words = columns.filter((token) => weights.groups[token] !== "special");
  const asks = (token) => (weights.groups[token] === "question" ? 1 : 0);
  const strongest = (from) =>
    asks(from) + Math.max(...words.map((to) => sheet(from, to)));
  const received = (to) => rows.reduce((sum, from) => sum + sheet(from, to), 0);
  return {
    rows: chosen(rows, strongest, kept),
    columns: chosen(columns, received, kept),
  };
};

const chosen = (tokens, weightOf, kept) => {
  const rank = (token) =>
    kept.includes(token) ? Number.POSITIVE_INFINITY : weightOf(token);
  const best = new Set(most(tokens, rank, MANY).map(({ token }) => token));
  return tokens.filter((token) => best.has(token));
};
