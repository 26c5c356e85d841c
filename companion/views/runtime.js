// The one script of a page with views. `runtime.py` puts a part in place of each "insert".
(() => {
  if (window.insideBert) {
    window.insideBert.draw();
    return;
  }

  /* insert elements.js */
  /* insert packing.js */
  /* insert colours.js */
  /* insert weights.js */
  /* insert spoken.js */
  /* insert strokes.js */
  /* insert lines.js */
  /* insert links.js */
  /* insert saving.js */
  /* insert tools.js */
  /* insert wide.js */
  /* insert view.js */
  /* insert squares.js */
  /* insert head.js */
  /* insert thumbnails.js */
  /* insert model.js */
  /* insert computation.js */
  /* insert neuron.js */
  /* insert labels.js */
  /* insert dots.js */
  /* insert slider.js */
  /* insert page.js */

  const style = document.createElement("style");
  style.textContent = `
/* insert page.css */
`;
  document.head.append(style);
  window.insideBert = { draw };
  draw();
})();
