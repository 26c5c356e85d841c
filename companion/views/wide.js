// Boxes in which something wide scrolls: a box says whether something is hidden at its
// left or right, so that this edge can fade, and the keyboard then reaches it.

/** @param {HTMLElement} box */
const measured = (box) => ({
  box,
  at: box.scrollLeft,
  hidden: box.scrollWidth - box.clientWidth,
});

/** Say it of a box in `data-before` and `data-more`. */
const mark = ({ box, at, hidden }) => {
  box.dataset.before = at > 1;
  box.dataset.more = at < hidden - 1;
  if (hidden > 1) box.setAttribute("tabindex", 0);
  else box.removeAttribute("tabindex");
};

/**
 * Mark boxes now, and whenever one is scrolled or changes its size.
 * @param {HTMLElement[]} boxes
 * @param {Element[]} contents - what may change its size in a box that does not
 */
export const markEdges = (boxes, contents = []) => {
  const sizes = new ResizeObserver(() => boxes.map(measured).forEach(mark));
  for (const one of [...boxes, ...contents]) sizes.observe(one);
  for (const box of boxes)
    box.addEventListener("scroll", () => mark(measured(box)), { passive: true });
};
