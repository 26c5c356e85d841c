// Light or dark, as the page around a view is: the built book says so, and JupyterLab,
// VS Code and Colab each in their way.

export const isDark = () => {
  const { documentElement: page, body } = document;
  const theme = page.dataset.theme ?? page.getAttribute("theme"); // the book; Colab
  if (theme) return theme === "dark";
  if (body.dataset.jpThemeLight) return body.dataset.jpThemeLight === "false";
  if (body.dataset.vscodeThemeKind)
    return /dark|black/.test(body.dataset.vscodeThemeKind);
  return matchMedia("(prefers-color-scheme: dark)").matches;
};

/** Give all views the colours of the page, which has changed its mode. */
const followColours = () => {
  /** @type {NodeListOf<HTMLElement>} */
  const roots = document.querySelectorAll(".attention-view[data-mode]");
  for (const root of roots) root.dataset.mode = isDark() ? "dark" : "light";
};

const attributeFilter = [
  "data-theme",
  "theme",
  "data-jp-theme-light",
  "data-vscode-theme-kind",
];
const modes = new MutationObserver(followColours);
for (const part of [document.documentElement, document.body])
  modes.observe(part, { attributes: true, attributeFilter });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", followColours);
