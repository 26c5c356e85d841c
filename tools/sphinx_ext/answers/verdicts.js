// Judge a typed answer, exactly as `companion/exercises/verdicts.py` does.

import { isMissing, typedItems, typedNumber, typedTruth } from "./typed.js";

/**
 * What is right, and what to say of wrong answers; made by `keys.py`.
 * @typedef {object} Key
 * @property {"Number" | "Items" | "Truth"} kind
 * @property {number | boolean | (number | string)[]} wanted
 * @property {[unknown, string][]} hints for wrong answers with a known reason
 * @property {string} otherwise for all others
 */

export const NOT_ANSWERED = "not answered yet";
export const RIGHT = "right";

/** @param {Key} key @param {string} text as typed @returns {string} the verdict */
export const verdict = (key, text) => {
  if (isMissing(text)) return NOT_ANSWERED;
  return { Number: onNumber, Items: onItems, Truth: onTruth }[key.kind](key, text);
};

const onNumber = (key, text) => {
  const value = typedNumber(text);
  if (value === null) return `A number was asked for, not "${cut(text)}".`;
  // What four digits of a fraction leave open; a count has to be a count.
  const tolerance = Number.isInteger(key.wanted) ? 1e-4 : 5e-4;
  if (isClose(value, key.wanted, tolerance)) return RIGHT;
  const reason = key.hints.find(([wrong]) => isClose(value, wrong));
  return `Not ${shown(value)}. ${reason?.[1] ?? key.otherwise}`;
};

const onItems = (key, text) => {
  const found = typedItems(text, typeof key.wanted[0] === "number");
  if (found === null) return `A list was asked for, not "${cut(text)}".`;
  if (isEqual(found, key.wanted)) return RIGHT;
  const reason = key.hints.find(([wrong]) => isEqual(found, wrong));
  const words = found.map(ofItem).join(", ") || "an empty list";
  return `Not ${words}. ${reason?.[1] ?? key.otherwise}`;
};

const onTruth = (key, text) => {
  const found = typedTruth(text);
  if (found === null) return `Answer True or False, not "${cut(text)}".`;
  return found === key.wanted ? RIGHT : `Not so. ${key.otherwise}`;
};

const isClose = (a, b, tolerance = 1e-4) => Math.abs(a - b) <= tolerance * Math.abs(b);

const isEqual = (one, other) =>
  one.length === other.length && one.every((item, i) => item === other[i]);

const cut = (text) => {
  const all = [...text];
  return all.length <= 60 ? text : `${all.slice(0, 57).join("")}...`;
};

const ofItem = (item) => (typeof item === "string" ? cut(item) : shown(item));

/** A number with commas between thousands: in full, or with six digits. */
export const shown = (value) => {
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return withCommas(value.toFixed(0));
  const [digits, power] = evenly(value).toExponential(5).split("e");
  if (power < -4 || power >= 6) {
    const exponent = Math.abs(power).toString().padStart(2, "0");
    return `${withoutZeros(digits)}e${power < 0 ? "-" : "+"}${exponent}`;
  }
  return withCommas(withoutZeros(evenly(value).toFixed(5 - power)));
};

/** The value, but half of a sixth digit goes to the even one, as Python rounds. */
const evenly = (value) => {
  const tie = /^(-?\d\.\d{4}[02468])50*(e.*)$/.exec(value.toExponential(60));
  return tie ? Number(tie[1] + tie[2]) : value;
};

const withCommas = (digits) => {
  const [whole, ...fraction] = digits.split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...fraction].join(".");
};

const withoutZeros = (digits) =>
  digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
