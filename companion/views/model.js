// The model view: all layers and heads at once, small; one of them can be enlarged.

import { button, choice, element, tickBox } from "./elements.js";
import { Lines } from "./lines.js";
import { sentenceAt, strongestLine } from "./spoken.js";
import { colourOf } from "./strokes.js";
import { Thumbnails } from "./thumbnails.js";
import { partOptions, pick, scrolling, View } from "./view.js";
import { MANY, Weights, withWeight } from "./weights.js";

const NAME =
  "Attention of all layers and heads: a row for each layer, a column for each head";
const HINT = "Click or tap a head to enlarge it; arrow keys go from head to head.";

export class ModelView extends View {
  constructor(root, header) {
    super(root, NAME);
    this.weights = new Weights(header);
    this.opened = null; // the layer and the head that are enlarged
    this.all = new Thumbnails(header, this.press.bind(this), this.glance.bind(this));
    const point = (place) => this.point(place);
    this.lines = new Lines("The enlarged head", point, point);
    this.part = choice(partOptions(this.weights), () => this.draw());
    this.every = tickBox(() => this.enlarge());
    this.title = element("strong");
    const close = button("Close", () => this.close());
    const heading = element("p", { class: "heading" }, this.title, close);
    this.detail = element("div", { class: "detail" }, heading, this.lines.svg);
    const drawings = [scrolling("All heads", this.all.element), this.detail];
    this.frame(this.controls(), [], drawings);
    this.open(header.open ?? {});
  }

  controls() {
    const { rows, columns, parts } = this.weights;
    /** @type {import("./view.js").Controls} */
    const controls = parts.length > 1 ? [["Show", this.part]] : [];
    if (Math.max(rows.length, columns.length) > MANY)
      controls.push(["All tokens", this.every]);
    return controls;
  }

  get state() {
    const state = {};
    if (this.opened) [state.layer, state.head] = this.opened;
    if (+this.part.value) state.part = +this.part.value;
    if (this.every.checked) state.every = 1;
    return state;
  }

  open({ layer, head, part = 0, every }) {
    const { layers, heads } = this.weights;
    pick(this.part, part);
    this.every.checked = Boolean(every);
    this.opened = layers.includes(layer) && heads.includes(head) ? [layer, head] : null;
    this.draw();
  }

  /** Enlarge a head, or close it where it is enlarged already. */
  press(layer, head) {
    const isOpen = this.opened?.[0] === layer && this.opened[1] === head;
    this.opened = isOpen ? null : [layer, head];
    this.enlarge();
    if (!isOpen) this.detail.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Close the enlarged head, and go back to the small drawing that opened it. */
  close() {
    const opened = this.opened;
    this.press(...opened);
    this.all.focus(...opened);
  }

  /** Say what stands out in a head that is pointed at, or in the enlarged one. */
  glance(at) {
    const [layer, head] = at ?? this.opened ?? [];
    if (layer === undefined) return this.hint(HINT);
    const [{ tokens }, part] = [this.weights, this.chosenPart()];
    const sheet = this.weights.sheet(layer, head);
    return this.say(...strongestLine(tokens, layer, head, sheet, part));
  }

  draw() {
    this.all.draw(this.weights, this.chosenPart());
    this.enlarge();
  }

  chosenPart() {
    return this.weights.parts[this.part.value];
  }

  enlarge() {
    this.detail.hidden = !this.opened;
    this.all.mark(...(this.opened ?? []));
    if (!this.opened) return this.glance(null);
    const [layer, head] = this.opened;
    this.title.textContent = `Layer ${layer}, head ${head}`;
    this.sheet = this.weights.sheet(layer, head);
    const part = this.chosenPart();
    const words = this.every.checked
      ? part
      : withWeight(this.weights, part, this.sheet);
    const drawn = [{ head, colour: colourOf(layer), sheet: this.sheet }];
    this.lines.draw(this.weights.tokens, words, drawn);
    this.point(null);
  }

  point(place) {
    this.lines.show(place);
    if (!place) return this.glance(null);
    const text = { tokens: this.weights.tokens, ...this.chosenPart() };
    return this.say(...sentenceAt(place, text, [this.opened[1]], this.sheet));
  }
}
