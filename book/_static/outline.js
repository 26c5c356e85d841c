// The outline beside a page: mark the section that one reads.
//
// The theme marks whatever heading came into sight last, which is often the next one. So
// the outline gets another id, under which the theme does not find it, and is kept here.

(() => {
  const outline = document.querySelector("#pst-page-toc-nav");
  if (!outline) return;
  outline.id = "outline";
  const LINE = 120; // pixels from the top: a heading above it has begun
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const entries = outline.querySelectorAll("a[href^='#']");
  const links = [...entries];
  const headings = links.map((link) =>
    document.querySelector(`[id="${link.hash.slice(1)}"]`),
  );
  let chosen = -1; // what was clicked stays marked until the reader moves on
  let isWaiting = false;

  /** @returns {number} the last heading above the line; at the page's end, the last one */
  function current() {
    if (chosen >= 0) return chosen;
    const { scrollTop, scrollHeight, clientHeight } = document.documentElement;
    const isEnd = scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
    if (isEnd) return links.length - 1;
    return headings.findLastIndex(
      (heading) => heading.getBoundingClientRect().top <= LINE,
    );
  }

  /** Mark the current link and the entries that it stands in. */
  function mark() {
    isWaiting = false;
    const now = links[current()];
    for (const link of links) {
      link.classList.toggle("active", link === now);
      link.ariaCurrent = link === now ? "true" : null;
    }
    for (const entry of outline.querySelectorAll(".toc-entry")) {
      entry.classList.toggle("active", Boolean(now) && entry.contains(now));
    }
  }

  function soon() {
    if (!isWaiting) requestAnimationFrame(mark);
    isWaiting = true;
  }

  function follow() {
    chosen = links.findIndex((link) => link.hash === location.hash);
    soon();
  }

  function moveOn() {
    chosen = -1;
    soon();
  }

  for (const kind of ["wheel", "touchmove", "keydown"]) {
    addEventListener(kind, moveOn, { passive: true });
  }
  outline.addEventListener("click", () => setTimeout(follow));
  addEventListener("hashchange", follow);
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  new ResizeObserver(soon).observe(document.body); // a view that is drawn moves the rest
  follow();
})();
