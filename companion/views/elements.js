// Elements of a page. Words are set as text, so a token is never read as HTML.

const filled = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/**
 * An element of HTML.
 * @param {string} tag
 * @param {Object<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
export const element = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);

/** An element of a drawing; the arguments are those of `element`. */
export const svgElement = (tag, attributes = {}, ...children) =>
  filled(
    document.createElementNS("http://www.w3.org/2000/svg", tag),
    attributes,
    children,
  );

/**
 * A choice among options, each a pair of value and text.
 * @param {[string | number, string][]} options
 * @param {() => void} changed
 */
export const choice = (options, changed) => {
  const select = element("select");
  for (const [value, text] of options)
    select.append(element("option", { value }, text));
  select.addEventListener("change", changed);
  return select;
};

/** A choice with options in groups: pairs of a group's name and its options. */
export const groupedChoice = (groups, changed) => {
  const select = choice([["", "none"]], changed);
  for (const [label, options] of groups) {
    const group = element("optgroup", { label });
    for (const [value, text] of options)
      group.append(element("option", { value }, text));
    select.append(group);
  }
  return select;
};

/** A box to tick. */
export const tickBox = (changed) => {
  const box = element("input", { type: "checkbox" });
  box.addEventListener("change", changed);
  return box;
};

/** A control with its name before it. */
export const labelled = (name, control) => element("label", {}, `${name} `, control);

/** A button with words on it. */
export const button = (words, pressed) => {
  const made = element("button", { type: "button" }, words);
  made.addEventListener("click", pressed);
  return made;
};
