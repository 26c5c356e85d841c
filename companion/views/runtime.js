// The one script of a page with views. `runtime.py` puts a part in place of each "insert".
(() => {
  if (window.insideBert) {
    window.insideBert.draw();
    return;
  }

  // d3 and jQuery give themselves to a CommonJS module, so they leave no global behind.
  const load = (library) => {
    const module = { exports: {} };
    library.call(window, module, module.exports);
    return module.exports;
  };
  const d3 = load(function (module, exports, define) {
    /* insert d3 */
  });
  const jQuery = load(function (module, exports, define) {
    /* insert jquery */
  });

  // BertViz's scripts ask RequireJS for the two, and find these few names instead.
  const require = { config() {} };
  const quiet = { log() {} };
  const drawHeads = function (PYTHON_PARAMS, requirejs, require, console) {
    /* insert bertviz/head */
  };
  const drawModel = function (PYTHON_PARAMS, requirejs, require, console) {
    /* insert bertviz/model */
  };
  const drawNeurons = function (window, requirejs, require, console) {
    /* insert bertviz/neuron */
  };

  /** Run one of BertViz's scripts for the view in `root`. */
  const bertviz = (script, root, parameters) => {
    // One of them looks for "#vis" in the whole page, where there are several.
    const select = (what) =>
      d3.select(what === "#vis" ? root.querySelector(what) : what);
    const requirejs = (names, run) => run(jQuery, { ...d3, select });
    script(parameters, requirejs, require, quiet);
  };

  /* insert elements.js */
  /* insert packing.js */
  /* insert colours.js */
  /* insert attention.js */
  /* insert head.js */
  /* insert model.js */
  /* insert neuron.js */
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
