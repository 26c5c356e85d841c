// Open what `keys.py` sealed.

/**
 * @param {string} name the name of the check, which is the seal
 * @param {string} text in base64
 * @returns {import("./verdicts.js").Key}
 */
export const unsealed = (name, text) => {
  const bytes = Uint8Array.from(atob(text), (character, i) => {
    return character.charCodeAt(0) ^ name.charCodeAt(i % name.length);
  });
  return JSON.parse(new TextDecoder().decode(bytes));
};
