// A picture as large as the screen: a click, a tap or Enter on it opens a dialog. Where it
// is larger than the screen, as on a phone, it can be moved. Escape closes it.

(() => {
  /**
   * @param {string} tag
   * @param {Record<string, string>} attributes
   * @param {...(Node | string)} children
   */
  const element = (tag, attributes, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      made.setAttribute(name, value);
    made.append(...children);
    return made;
  };

  const image = element("img", {});
  const number = element("span", { class: "caption-number" });
  const words = element("span", { class: "caption-text" });
  const caption = element("p", { id: "enlarged-caption" }, number, words);
  const close = element("button", { type: "button", class: "enlarged-close" }, "Close");
  const around = { class: "enlarged-picture", tabindex: "0", role: "region" };
  const picture = element(
    "div",
    { ...around, "aria-label": "The picture, enlarged" },
    image,
  );
  const named = { class: "enlarged", "aria-labelledby": caption.id };
  const dialog = /** @type {HTMLDialogElement} */ (
    element("dialog", named, caption, close, picture)
  );

  /** @param {HTMLAnchorElement} link around the picture */
  const enlarge = (link) => {
    const small = link.querySelector("img");
    image.setAttribute("src", link.href);
    image.setAttribute("alt", small?.alt ?? "");
    for (const part of [number, words]) {
      const own = link.closest("figure")?.querySelector(`.${part.className}`);
      part.textContent = own?.textContent ?? "";
    }
    document.body.append(dialog);
    dialog.showModal();
    picture.scrollTo(0, 0);
  };

  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target === picture) dialog.close(); // beside the picture
  });
  dialog.addEventListener("close", () => dialog.remove());

  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (
    document.querySelectorAll("figure a.image-reference")
  );
  for (const link of links) {
    link.setAttribute("aria-haspopup", "dialog");
    link.title = "Enlarge";
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab or window
      event.preventDefault();
      enlarge(link);
    });
  }
})();
