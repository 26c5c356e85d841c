// The layer slider: the tokens' vectors as points that move from layer to layer.

import { Dots } from "./dots.js";
import { button, choice, element } from "./elements.js";
import { pick, View } from "./view.js";

const NAME = "A point for each token; tokens with similar vectors are close together";
const PAUSE = 1100; // milliseconds from step to step
const GROUPS = {
  question: "question",
  answer: "the answer",
  rival: "its rivals",
  context: "rest of the context",
  special: "special tokens",
};
const NAMED = ["question", "answer", "rival"];

const legendOf = (groups) => {
  const there = Object.keys(GROUPS).filter((group) => groups.includes(group));
  const entries = there.map((group) =>
    element("span", {}, element("i", { "data-group": group }), GROUPS[group]),
  );
  return element("div", { class: "legend" }, ...entries);
};

/** What the map of a step shows; it begins with the step, which paper says nowhere else. */
const sentence = (place, share, isOwn) =>
  `${place[0].toUpperCase()}${place.slice(1)}: the plane shows ` +
  `${Math.round(100 * share)} % of the spread of these vectors` +
  (isOwn ? "; no other plane shows more at this step." : ".");

export class LayerSlider extends View {
  constructor(root, header) {
    super(root, NAME);
    const { tokens, groups, points } = header;
    this.tokens = tokens;
    this.groups = groups;
    this.points = points;
    this.own = header.own;
    this.shares = header.shares;
    this.own_shares = header.own_shares;
    this.meant = null; // a token that is pointed at
    this.dots = new Dots(header, NAME, (token) => this.point(token));
    const last = points.length - 1;
    this.slider = element("input", { type: "range", min: 0, max: last, value: 0 });
    this.slider.addEventListener("input", () => this.move());
    this.shown = element("output");
    this.play = button("▶ Play", () => this.playOrPause());
    /** @type {[string, string][]} */
    const maps = [
      ["points", "one for all steps"],
      ["own", "each step's own best"],
    ];
    this.map = choice(maps, () => this.move());
    const offered = tokens.map((token, i) => [i, `${i} ${token}`]);
    this.named = choice([["", "none"], ...offered], () => this.move());
    this.frame(this.controls(), [legendOf(groups)], [this.dots.svg]);
    new ResizeObserver(() => this.move()).observe(this.stage);
    this.open(header.open ?? {});
  }

  /** @returns {import("./view.js").Controls} */
  controls() {
    this.play.className = "play";
    const step = element("span", {}, this.slider, " ", this.shown);
    return [
      ["", this.play],
      ["Step", step],
      ["Map", this.map],
      ["Name", this.named],
    ];
  }

  get state() {
    const state = { step: +this.slider.value };
    if (this.map.value === "own") state.own = 1;
    if (this.named.value) state.token = +this.named.value;
    return state;
  }

  open({ step = 0, own = 0, token }) {
    this.slider.value = step;
    this.map.value = own ? "own" : "points";
    this.named.value = "";
    if (token !== undefined) pick(this.named, token);
    this.move();
  }

  /** Go from step to step, from the first if it stands at the last. */
  playOrPause() {
    if (this.timer) return this.pause();
    const { slider } = this;
    if (slider.value === slider.max) {
      slider.value = 0;
      this.move();
    }
    const next = () => {
      slider.value = +slider.value + 1;
      this.move();
      if (slider.value === slider.max) this.pause();
    };
    this.play.textContent = "❚❚ Pause";
    this.timer = setInterval(next, PAUSE);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "▶ Play";
  }

  point(token) {
    if (token === this.meant) return;
    this.meant = token;
    this.move();
  }

  /** Show the step at which the slider stands. */
  move() {
    const step = +this.slider.value;
    const isOwn = this.map.value === "own";
    const named = this.tokens.map((_, i) => i).filter((i) => this.hasName(i));
    this.dots.move((isOwn ? this.own : this.points)[step], new Set(named));
    const place = step === 0 ? "embeddings" : `after layer ${step - 1}`;
    this.shown.textContent = place;
    this.slider.setAttribute("aria-valuetext", place);
    this.say(sentence(place, (isOwn ? this.own_shares : this.shares)[step], isOwn));
  }

  hasName(token) {
    const isChosen = token === this.meant || token === +(this.named.value || -1);
    return isChosen || NAMED.includes(this.groups[token]);
  }
}
