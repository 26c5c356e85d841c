// The one script of a page with panels. `scripts.py` puts the parts in their places.
(() => {
  /* insert elements.js */
  /* insert shows.js */
  /* insert switched.js */
  /* insert inside.js */
  /* insert guesses.js */
  /* insert connection.js */
  /* insert links.js */
  /* insert panel.js */

  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  const folder = src.slice(0, src.lastIndexOf("/") + 1);
  const begin = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const roots = document.querySelectorAll(".live");
    if (typeof Worker === "undefined" || typeof DecompressionStream === "undefined") {
      for (const root of roots)
        root.append("This browser is too old to run the model.");
      return;
    }
    const model = connection({ ...PARTS, folder });
    window.insideBertModel = model; // for those who open the console
    for (const root of roots) panel(root, model);
  };
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", begin);
  } else begin();
})();
