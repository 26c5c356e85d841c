// Elements of a page. What was typed or stored is set as text, never read as HTML.

/** An element with attributes and children. */
export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, value);
  made.append(...children);
  return made;
};

/** Show a sentence in `region`, with `code` where it has backticks. */
export const say = (region, sentence) => {
  const parts = sentence.split("`");
  region.replaceChildren(
    ...parts.map((part, i) => (i % 2 ? element("code", {}, part) : part)),
  );
};
