// What the answer loses when heads are switched off.
import { inWords, score } from "./elements.js";

/**
 * The answer with all heads beside that without some; or why there is none.
 * @param {import("./reader.js").Off} off
 * @param {import("./panel.js").Around["ask"]} ask
 */
export const lossWithout = async (off, ask) => {
  const count = [...off.values()].reduce((sum, set) => sum + set.size, 0);
  try {
    const [before, after] = await Promise.all(
      [new Map(), off].map((some) => ask("answer", { off: some })),
    );
    return `With all heads: ${told(before)}. With ${count} switched off: ${told(after)}.`;
  } catch (error) {
    return inWords(error);
  }
};

const told = (
  /** @type {import("./shows.js").Result<"answer">} */ { answers: [best], noAnswer },
) =>
  noAnswer > best.score
    ? `no answer (${score(noAnswer)})`
    : `${best.answer} (${score(best.score)})`;
