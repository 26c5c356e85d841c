// The head view: one layer at a time, all its heads in colours.

import { choice, groupedChoice, tickBox } from "./elements.js";
import { Lines } from "./lines.js";
import { inOne, isIn } from "./links.js";
import { sentenceAt } from "./spoken.js";
import { Squares } from "./squares.js";
import { colourOf } from "./strokes.js";
import {
  layerOptions,
  partOptions,
  pick,
  placeFrom,
  tokenOptions,
  View,
} from "./view.js";
import { MANY, most, Weights, withWeight } from "./weights.js";

const NAME =
  "Attention, one layer at a time: a line for each weight, a colour for each head";
const HINT =
  "Point at a token or at a line, or tap it. A square switches its head off or on; a " +
  "double click or a double tap shows it alone.";

export class HeadView extends View {
  constructor(root, header) {
    super(root, NAME);
    this.weights = new Weights(header);
    this.lines = new Lines(NAME, this.point.bind(this), this.choose.bind(this));
    this.squares = new Squares(header.heads, () => this.draw());
    const redraw = () => this.draw();
    this.layer = choice(layerOptions(this.weights), redraw);
    this.part = choice(partOptions(this.weights), redraw);
    this.every = tickBox(redraw);
    const single = header.heads.map((head) => [head, `only ${head}`]);
    const chosen = [["some", "some"], ["all", "all"], ...single];
    this.heads = choice(chosen, () => this.switch());
    this.token = groupedChoice([], redraw);
    this.frame(this.controls(), [this.squares.element], [this.lines.svg]);
    this.open(header.open ?? {});
  }

  controls() {
    const { rows, columns, parts } = this.weights;
    /** @type {import("./view.js").Controls} */
    const controls = [
      ["Layer", this.layer],
      ["Heads", this.heads],
    ];
    if (parts.length > 1) controls.push(["Show", this.part]);
    controls.push(["Token", this.token]);
    if (Math.max(rows.length, columns.length) > MANY)
      controls.push(["All tokens", this.every]);
    return controls;
  }

  /** Switch heads by the choice: one alone, or all. */
  switch() {
    const { value } = this.heads;
    if (value === "all") this.squares.only(this.weights.heads);
    else if (value !== "some") this.squares.only([+value]);
    this.draw();
  }

  get where() {
    return `Layer ${this.layer.value}.`;
  }

  get state() {
    const shown = this.squares.shown();
    const place = placeFrom(this.token.value);
    const state = { layer: +this.layer.value };
    if (shown.length === 1) [state.head] = shown;
    else if (shown.length < this.weights.heads.length) state.heads = inOne(shown);
    if (place) state[place.side === "left" ? "token" : "read"] = place.token;
    if (+this.part.value) state.part = +this.part.value;
    if (this.every.checked) state.every = 1;
    return state;
  }

  /** Open on a state: what it does not name is as in the beginning. */
  open({ layer = this.weights.layers[0], head, heads, token, read, part = 0, every }) {
    const all = this.weights.heads;
    const some = all.filter((one) => one === head || isIn(one, heads));
    pick(this.layer, layer);
    pick(this.part, part);
    this.every.checked = Boolean(every);
    this.squares.only(some.length ? some : all);
    this.offerTokens();
    this.token.value = "";
    if (token !== undefined) pick(this.token, `left:${token}`);
    if (read !== undefined) pick(this.token, `right:${read}`);
    this.draw();
  }

  /** Offer the tokens of both sides, and keep the chosen one if it is there. */
  offerTokens() {
    const { rows, columns } = this.weights.parts[this.part.value];
    const before = this.token.value;
    const offered = groupedChoice([
      ["reads", tokenOptions(this.weights, "left", rows)],
      ["is read", tokenOptions(this.weights, "right", columns)],
    ]);
    this.token.replaceChildren(...offered.children);
    this.token.value = "";
    pick(this.token, before);
  }

  draw() {
    this.offerTokens();
    const [layer, heads] = [+this.layer.value, this.squares.shown()];
    const isAll = heads.length === this.weights.heads.length;
    this.heads.value = isAll ? "all" : heads.length === 1 ? heads[0] : "some";
    this.sheet = this.weights.mean(layer, heads);
    const drawn = heads.map((head) => ({
      head,
      colour: colourOf(head),
      sheet: this.weights.sheet(layer, head),
    }));
    this.lines.draw(this.weights.tokens, this.words(), drawn);
    this.point(null);
  }

  /** The tokens that are shown: of a long text those with weight. */
  words() {
    const part = this.weights.parts[this.part.value];
    if (this.every.checked) return part;
    const place = placeFrom(this.token.value);
    const kept = place
      ? [place.token, ...this.partners(place).map((x) => x.token)]
      : [];
    return withWeight(this.weights, part, this.sheet, kept);
  }

  /** The tokens that a token at the left reads most, or that most read one at the right. */
  partners({ side, token }) {
    const { rows, columns } = this.weights.parts[this.part.value];
    return side === "left"
      ? most(columns, (to) => this.sheet(token, to))
      : most(rows, (from) => this.sheet(from, token));
  }

  /** Choose the token that was clicked, or let it go. */
  choose(place) {
    if (!place?.side) return;
    const value = `${place.side}:${place.token}`;
    this.token.value = this.token.value === value ? "" : value;
    this.draw();
  }

  /** Show and say what is pointed at, or else what is chosen. */
  point(place) {
    const chosen = placeFrom(this.token.value);
    const shown = place ?? chosen;
    this.lines.show(shown, chosen);
    if (!shown) return this.hint(HINT);
    const part = this.weights.parts[this.part.value];
    const text = { tokens: this.weights.tokens, ...part };
    this.say(...sentenceAt(shown, text, this.squares.shown(), this.sheet));
  }
}
