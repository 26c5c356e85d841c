// Read an answer as people type it, exactly as `companion/exercises/typed.py` does.

const LONGEST = 100; // characters of a calculation
const SPACES = /[\t\n\r\u00a0\u2009\u202f]/g;
const SIGNS = { "−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "⁄": "/" };
const NUMBERS = [
  "[1-9][0-9]{0,2}([, _'’])[0-9]{3}(?:\\1[0-9]{3})*(?:\\.[0-9]+)?(?![0-9])", // 1,024.5
  "[1-9][0-9]{0,2}(?:\\.[0-9]{3})+,[0-9]+", // 1.024,5
  "[1-9][0-9]{0,2}(?:\\.[0-9]{3}){2,}(?![0-9])", // 23.440.896
  "(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:e[-+]?[0-9]+)?", // 0.5, 0,5, 1e-4
];
const NUMBER = new RegExp(`^(?:${NUMBERS.join("|")})`);
const PART = /^(?:(?:math\.)?([a-z]+2?)|(\*\*|[-+*/^()%]))/;
const CONSTANTS = { e: Math.E, pi: Math.PI };
const FUNCTIONS = {
  exp: Math.exp,
  ln: Math.log,
  log: Math.log,
  log2: Math.log2,
  sqrt: Math.sqrt,
};
const TRUTHS = { true: true, t: true, yes: true, y: true };
Object.assign(TRUTHS, { false: false, f: false, no: false, n: false });

const spaced = (text) => text.replace(SPACES, " ");

/** @param {string} text @returns {boolean} whether only spaces and dots were typed */
export const isMissing = (text) => /^[ .…]*$/.test(spaced(text));

/** @param {string} text @returns {number | null} the number, or the calculation's */
export const typedNumber = (text) => {
  if ([...text].length > LONGEST) return null;
  try {
    return new Calculation(text).result();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
};

/**
 * @param {string} text
 * @param {boolean} areNumbers
 * @returns {(number | string)[] | null} the items; null if they should be numbers
 */
export const typedItems = (text, areNumbers) => {
  const plain = spaced(text).replace(/[[\](){}"'`“”‘’]/g, " ");
  let parts = plain.split(/[,; ]+/).filter(Boolean);
  if (!areNumbers) return parts;
  if (parts.length === 1 && /^[0-9]{2,}$/.test(parts[0])) parts = [...parts[0]];
  const values = parts.map(typedNumber);
  return values.includes(null) ? null : values;
};

/** @param {string} text @returns {boolean | null} what `True`, `yes` or `f` means */
export const typedTruth = (text) => {
  const word = spaced(text)
    .replace(/^[ .]+|[ .]+$/g, "")
    .toLowerCase();
  return Object.hasOwn(TRUTHS, word) ? TRUTHS[word] : null;
};

/** Numbers, names and signs of a calculation; RangeError where there is another. */
const partsOf = (text) => {
  const signed = spaced(text).replace(/[−–×·÷⁄]/g, (sign) => SIGNS[sign]);
  const found = [];
  let left = signed.toLowerCase().replace(/^ +/, "");
  while (left) {
    const digits = NUMBER.exec(left);
    const match = digits ?? PART.exec(left);
    if (!match) throw new RangeError(left);
    found.push(digits ? worthOf(match[0]) : (match[1] ?? match[2].replace("^", "**")));
    left = left.slice(match[0].length).replace(/^ +/, "");
  }
  return found;
};

const isWhole = (form, digits) => new RegExp(`^(?:${form})$`).test(digits);

const worthOf = (digits) => {
  let whole = digits.replace(/[ _'’]/g, "");
  if (isWhole(NUMBERS[0], digits)) return Number(whole.replaceAll(",", ""));
  if (isWhole(`${NUMBERS[1]}|${NUMBERS[2]}`, digits)) whole = whole.replaceAll(".", "");
  return finite(Number(whole.replace(",", ".")));
};

const finite = (value) => {
  if (!Number.isFinite(value)) throw new RangeError(`${value}`);
  return value;
};

/** The parts of a calculation, read from left to right; each sign has its rank. */
class Calculation {
  constructor(text) {
    this.parts = [...partsOf(text), "end"];
  }

  result() {
    const value = this.sum();
    if (this.parts.length !== 1) throw new RangeError("more than one value");
    return value;
  }

  /** Take the next part if it is one of those wanted. */
  next(...wanted) {
    return wanted.includes(this.parts[0]) ? this.parts.shift() : null;
  }

  sum() {
    let value = this.product();
    for (let sign = this.next("+", "-"); sign; sign = this.next("+", "-")) {
      const other = this.product();
      value = finite(sign === "+" ? value + other : value - other);
    }
    return value;
  }

  product() {
    let value = this.signed();
    for (let sign = this.next("*", "/"); sign; sign = this.next("*", "/")) {
      const other = this.signed();
      value = finite(sign === "*" ? value * other : value / other);
    }
    return value;
  }

  signed() {
    const sign = this.next("+", "-");
    if (sign) return sign === "-" ? -this.signed() : this.signed();
    const value = this.single();
    return this.next("**") ? finite(value ** this.signed()) : value;
  }

  single() {
    const value = this.valueOfPart(this.parts.shift());
    return this.next("%") ? value / 100 : value;
  }

  valueOfPart(part) {
    if (typeof part === "number") return part;
    if (part === "(") return this.bracket();
    if (Object.hasOwn(FUNCTIONS, part) && this.next("("))
      return finite(FUNCTIONS[part](this.bracket()));
    if (Object.hasOwn(CONSTANTS, part)) return CONSTANTS[part];
    throw new RangeError(`${part}`);
  }

  /** What stands in brackets; the opening one is taken already. */
  bracket() {
    const value = this.sum();
    if (!this.next(")")) throw new RangeError("a bracket is open");
    return value;
  }
}
