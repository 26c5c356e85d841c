// Paper is light: a dark page turns light while it is printed.

/** @type {string | undefined} The page's theme, while it is on paper. */
let theme;

addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});

addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = theme;
});
