// The neuron view: one head, and for a token how its query and the keys make the weights.

import { Computation } from "./computation.js";
import { choice, groupedChoice, tickBox } from "./elements.js";
import { Lines } from "./lines.js";
import { sentenceAt } from "./spoken.js";
import { colourOf } from "./strokes.js";
import {
  headOptions,
  layerOptions,
  partOptions,
  pick,
  placeFrom,
  scrolling,
  tokenOptions,
  View,
} from "./view.js";
import { MANY, most, Weights, withWeight } from "./weights.js";

const NAME =
  "One head: its weights, and for a token the query, the keys and their products";
const HINT =
  "Click or tap a token at the left: its query, and how it makes the weights, show below.";

export class NeuronView extends View {
  constructor(root, header) {
    super(root, NAME);
    this.weights = new Weights(header);
    this.lines = new Lines(NAME, this.point.bind(this), this.choose.bind(this));
    this.computation = new Computation(this.say.bind(this));
    const redraw = () => this.draw();
    this.layer = choice(layerOptions(this.weights), redraw);
    this.head = choice(headOptions(this.weights), redraw);
    this.part = choice(partOptions(this.weights), redraw);
    this.every = tickBox(redraw);
    this.token = groupedChoice([], redraw);
    this.table = scrolling("Query, keys and products", this.computation.element);
    this.frame(this.controls(), [], [this.lines.svg, this.table]);
    this.open(header.open ?? {});
  }

  controls() {
    const { rows, columns, parts } = this.weights;
    /** @type {import("./view.js").Controls} */
    const controls = [
      ["Layer", this.layer],
      ["Head", this.head],
    ];
    if (parts.length > 1) controls.push(["Show", this.part]);
    controls.push(["Token", this.token]);
    if (Math.max(rows.length, columns.length) > MANY)
      controls.push(["All tokens", this.every]);
    return controls;
  }

  get where() {
    return `Layer ${this.layer.value}, head ${this.head.value}.`;
  }

  get state() {
    const place = placeFrom(this.token.value);
    const state = { layer: +this.layer.value, head: +this.head.value };
    if (place) state.token = place.token;
    if (+this.part.value) state.part = +this.part.value;
    if (this.every.checked) state.every = 1;
    return state;
  }

  open({ layer, head, token, part = 0, every }) {
    const { layers, heads } = this.weights;
    this.every.checked = Boolean(every);
    pick(this.layer, layer ?? layers[0]);
    pick(this.head, head ?? heads[0]);
    pick(this.part, part);
    this.offerTokens();
    this.token.value = "";
    if (token !== undefined) pick(this.token, `left:${token}`);
    this.draw();
  }

  offerTokens() {
    const before = this.token.value;
    const { rows } = this.chosenPart();
    const offered = groupedChoice([
      ["query of", tokenOptions(this.weights, "left", rows)],
    ]);
    this.token.replaceChildren(...offered.children);
    this.token.value = "";
    pick(this.token, before);
  }

  chosenPart() {
    return this.weights.parts[this.part.value];
  }

  draw() {
    this.offerTokens();
    const [layer, head] = [+this.layer.value, +this.head.value];
    const token = placeFrom(this.token.value)?.token;
    this.sheet = this.weights.sheet(layer, head);
    const words = this.words(token);
    const drawn = [{ head, colour: colourOf(head), sheet: this.sheet }];
    this.lines.draw(this.weights.tokens, words, drawn);
    this.table.hidden = token === undefined;
    const { columns } = words;
    if (token !== undefined)
      this.computation.draw(this.weights, { layer, head, token, columns });
    this.point(null);
  }

  /** The tokens that are shown: of a long text those with weight. */
  words(token) {
    const part = this.chosenPart();
    if (this.every.checked) return part;
    const read =
      token === undefined ? [] : most(part.columns, (to) => this.sheet(token, to));
    const kept = [token, ...read.map((share) => share.token)];
    return withWeight(this.weights, part, this.sheet, kept);
  }

  /** Choose the token that was clicked, or let it go. */
  choose(place) {
    if (place?.side !== "left") return;
    const value = `left:${place.token}`;
    this.token.value = this.token.value === value ? "" : value;
    this.draw();
  }

  point(place) {
    const chosen = placeFrom(this.token.value);
    const shown = place ?? chosen;
    this.lines.show(shown, chosen);
    if (!shown) return this.hint(HINT);
    const text = { tokens: this.weights.tokens, ...this.chosenPart() };
    this.say(...sentenceAt(shown, text, [+this.head.value], this.sheet));
  }
}
