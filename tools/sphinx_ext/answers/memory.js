// What the reader answered, kept in this browser and sent nowhere.

const PLACE = "inside-bert/answers";
let kept = {}; // where a browser keeps nothing, until the page is left

const read = () => {
  try {
    const stored = JSON.parse(localStorage.getItem(PLACE) ?? "{}");
    if (stored && typeof stored === "object") kept = stored;
  } catch {} // no storage, or not ours
  return kept;
};

const write = () => {
  try {
    localStorage.setItem(PLACE, JSON.stringify(kept));
  } catch {} // full, or not allowed
};

/** @param {string} name @returns {string | undefined} */
export const remembered = (name) => {
  const value = Object.hasOwn(read(), name) ? kept[name] : undefined;
  return typeof value === "string" ? value : undefined;
};

/** @param {string} name @param {string} value */
export const remember = (name, value) => {
  read()[name] = value;
  write();
};

/** @param {string[]} names */
export const forget = (names) => {
  const all = read();
  for (const name of names) delete all[name];
  write();
};

/** @param {string} path @returns {string} the chapter whose page has this address */
export const chapterAt = (path) => /([^/]*?)(?:\.html)?$/.exec(path)[1];

const finishing = (chapter) => `finished/${chapter}`;

/** @param {string} chapter @returns {boolean} whether all its exercises are right */
export const isFinished = (chapter) => remembered(finishing(chapter)) === "yes";

/** @param {string} chapter @param {boolean} isSo */
export const setFinished = (chapter, isSo) => {
  if (isSo === isFinished(chapter)) return;
  if (isSo) remember(finishing(chapter), "yes");
  else forget([finishing(chapter)]);
};
