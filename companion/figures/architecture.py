"""Chapter 1: the model's parts, what flows between them, and how sure its answer is."""

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Patch
from transformers import BertConfig

from companion.architecture import Part, named_parts
from companion.figures.style import BLUE, GREEN, GREY, ORANGE, PALE, SKY, new_axes

BOX = 0.88  # height of a box in `data_flow`, where the whole drawing is 10 high


def token_probabilities(
    tokens: list[str], starts: list[float], ends: list[float], ax: Axes | None = None
) -> Axes:
    """Two bars a token: how likely it is to be the answer's first, and its last."""
    ax = ax or new_axes(2.6)
    positions = range(len(tokens))
    ax.bar([p - 0.2 for p in positions], starts, 0.38, color=BLUE, label="first token")
    ax.bar([p + 0.2 for p in positions], ends, 0.38, color=ORANGE, label="last token")
    ax.set_xticks(positions, tokens, fontsize=9)
    ax.set_ylim(0, 1)
    ax.set_ylabel("probability")
    ax.legend(frameon=False, loc="upper left")
    return ax


def parameters_by_part(tree: list[Part], ax: Axes | None = None) -> Axes:
    """A bar for each part of the tree, as long as the part has parameters.

    A layer's bar shows how much of it is attention and how much is feed-forward.
    """
    rows = named_parts(tree)
    ax = ax or new_axes(0.32 * len(rows) + 0.9)
    sizes = {part.path: part.parameters for part in tree}
    names = [part.path.removeprefix("bert.").removeprefix("encoder.") for part in rows]
    first = [sizes.get(f"{part.path}.attention", 0) / 1e6 for part in rows]
    rest = [part.parameters / 1e6 - f for part, f in zip(rows, first, strict=True)]
    colours = {"embeddings": ORANGE, "qa_outputs": GREEN}
    ax.barh(names, first, color=BLUE)
    bars = ax.barh(names, rest, left=first, color=[colours.get(n, SKY) for n in names])
    labels = [f"{part.parameters:,} ({part.share:.1%})" for part in rows]
    ax.bar_label(bars, labels, padding=4, fontsize=9)
    layers = {"attention": BLUE, "feed-forward": SKY}
    ax.legend([Patch(color=c) for c in layers.values()], layers, frameon=False)
    ax.invert_yaxis()  # in the order of the tree
    ax.set_xlim(0, 1.38 * max(part.parameters / 1e6 for part in rows))
    ax.set_xlabel("millions of parameters")
    return ax


def data_flow(config: BertConfig, tokens: list[str], ax: Axes | None = None) -> Axes:
    """From a question and a context to a span: the modules, and the shapes between.

    The data flows down; beside each arrow stands the shape of what flows there.
    """
    ax = ax or new_axes(6.6)
    ax.set(xlim=(0, 10), ylim=(-0.35, 10.3))
    ax.axis("off")
    rows = _flow_rows(config, tokens)
    step = 10 / len(rows)  # from the top of a box to the top of the next
    for i, (text, colour, shape) in enumerate(rows):
        top = 10 - i * step
        _box(ax, top, text, colour)
        arrow = {"arrowstyle": "-|>"}
        ax.annotate("", (4.15, top - step), (4.15, top - BOX), arrowprops=arrow)
        ax.text(4.4, top - (BOX + step) / 2, shape, va="center", fontsize=9.5)
    frame_top, frame_bottom = 10.1 - 3 * step, 9.9 - 4 * step - BOX
    _frame(ax, frame_top, frame_bottom)
    layers = f"bert.encoder\n× {config.num_hidden_layers} layers"
    middle = (frame_top + frame_bottom) / 2
    ax.text(8.2, middle, layers, color=BLUE, va="center", fontsize=10)
    return ax


def _flow_rows(config: BertConfig, tokens: list[str]) -> list[tuple[str, str, str]]:
    """For each box: its text (the first line a title), colour, shape of what leaves."""
    hidden, inner = config.hidden_size, config.intermediate_size
    vectors = f"(1, {len(tokens)}, {hidden})"
    heads = f"{config.num_attention_heads} heads; residual, LayerNorm"
    sizes = f"{hidden} → {inner} → {hidden}; residual, LayerNorm"
    return [
        ("question and context", GREY, "two strings"),
        ("tokenizer\n" + "  ".join(tokens), GREY, f"ids: (1, {len(tokens)})"),
        (
            "bert.embeddings\nword + position + token type, then LayerNorm",
            ORANGE,
            vectors,
        ),
        (f"attention: each token looks at all tokens\n{heads}", BLUE, vectors),
        (f"feed-forward: each token by itself\n{sizes}", BLUE, vectors),
        ("qa_outputs\none Linear: two logits a token", GREEN, f"(1, {len(tokens)}, 2)"),
        ("answer\nsoftmax, then the best first and last token", GREY, "a span"),
    ]


def _box(ax: Axes, top: float, text: str, colour: str) -> None:
    """A rounded box of `data_flow`; the first line of `text` is bold."""
    style = "round,pad=0,rounding_size=0.15"
    ax.add_patch(
        FancyBboxPatch(
            (0.5, top - BOX), 7.3, BOX, boxstyle=style, fc=PALE[colour], ec=colour
        )
    )
    title, _, rest = text.partition("\n")
    middle, centred = top - BOX / 2, {"ha": "center", "va": "center"}
    up = 0.2 if rest else 0
    ax.text(4.15, middle + up, title, fontsize=10, fontweight="bold", **centred)
    ax.text(4.15, middle - 0.22, rest, fontsize=9.5, **centred)


def _frame(ax: Axes, top: float, bottom: float) -> None:
    """The dashed line around what each layer repeats."""
    style = "round,pad=0,rounding_size=0.2"
    size = 7.8, top - bottom
    ax.add_patch(
        FancyBboxPatch(
            (0.25, bottom), *size, boxstyle=style, fill=False, ls="--", ec=BLUE
        )
    )
