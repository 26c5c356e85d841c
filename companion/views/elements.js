// Elements of a page. Words are set as text, so a token is never read as HTML.

const filled = (made, attributes, children) => {
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** An element of HTML. */
export const element = (tag, attributes = {}, ...children) =>
  filled(document.createElement(tag), attributes, children);

/** An element of a drawing. */
export const svgElement = (tag, attributes = {}, ...children) =>
  filled(
    document.createElementNS("http://www.w3.org/2000/svg", tag),
    attributes,
    children,
  );

/** A labelled choice. BertViz fills its own by their ids, so `options` may be missing. */
export const choice = (label, id, options = []) => {
  const select = element("select", { id });
  for (const [value, text] of options)
    select.append(element("option", { value }, text));
  return element("label", {}, `${label} `, select);
};

/** Send an event of the mouse to `target`, if there is one. */
export const send = (target, kind) =>
  target?.dispatchEvent(new MouseEvent(kind, { bubbles: kind.endsWith("click") }));
