"""Chapter 1: the model's parts, what flows between them, and how sure its answer is."""

from matplotlib.axes import Axes
from matplotlib.patches import Patch
from transformers import BertConfig

from companion.architecture import Part, named_parts
from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALE,
    SKY,
    arrow,
    new_axes,
    new_drawing,
    rounded,
)

BOX = 0.88  # height of a box in `data_flow`, where the whole drawing is 10 high


def token_probabilities(
    tokens: list[str], starts: list[float], ends: list[float]
) -> Axes:
    """Draw two bars per token: how likely it is to start the answer, and to end it."""
    ax = new_axes(2.6)
    positions = range(len(tokens))
    ax.bar([p - 0.2 for p in positions], starts, 0.38, color=BLUE, label="first token")
    ax.bar([p + 0.2 for p in positions], ends, 0.38, color=ORANGE, label="last token")
    ax.set_xticks(positions, tokens)
    ax.set_ylim(0, 1)
    ax.set_ylabel("probability")
    ax.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return ax


def parameters_by_part(tree: list[Part]) -> Axes:
    """Draw a bar for each part of the tree, as long as its number of parameters.

    A layer's bar shows how much of it is attention and how much is feed-forward.
    """
    rows = named_parts(tree)
    ax = new_axes(0.32 * len(rows) + 0.9)
    sizes = {part.path: part.parameters for part in tree}
    names = [part.path.removeprefix("bert.").removeprefix("encoder.") for part in rows]
    first = [sizes.get(f"{part.path}.attention", 0) / 1e6 for part in rows]
    rest = [part.parameters / 1e6 - f for part, f in zip(rows, first, strict=True)]
    colours = {"embeddings": ORANGE, "qa_outputs": GREEN}
    ax.barh(names, first, color=BLUE)
    bars = ax.barh(names, rest, left=first, color=[colours.get(n, SKY) for n in names])
    labels = [f"{part.parameters:,} ({part.share:.1%})" for part in rows]
    ax.bar_label(bars, labels, padding=4)
    layers = {"attention": BLUE, "feed-forward": SKY}
    ax.legend([Patch(color=c) for c in layers.values()], layers, frameon=False)
    ax.invert_yaxis()  # in the order of the tree
    ax.set_xlim(0, 1.5 * max(part.parameters / 1e6 for part in rows))
    ax.set_xlabel("millions of parameters")
    return ax


def data_flow(config: BertConfig, tokens: list[str]) -> Axes:
    """Draw the way from a question and a context to a span, module by module.

    The data flows down; beside each arrow is the shape of what flows there.
    """
    ax = new_drawing(6.6, (0, 10), (-0.35, 10.3))
    rows = _flow_rows(config, tokens)
    step = 10 / len(rows)  # from the top of a box to the top of the next
    for i, (text, colour, shape) in enumerate(rows):
        top = 10 - i * step
        _module(ax, top, text, colour)
        arrow(ax, (4.15, top - BOX), (4.15, top - step))
        ax.text(4.4, top - (BOX + step) / 2, shape, va="center")
    _layers(ax, 10.1 - 3 * step, 9.9 - 4 * step - BOX, config.num_hidden_layers)
    return ax


def _flow_rows(config: BertConfig, tokens: list[str]) -> list[tuple[str, str, str]]:
    """List the boxes: text (its first line a title), colour, shape of what leaves."""
    hidden, inner = config.hidden_size, config.intermediate_size
    vectors, logits = f"(1, {len(tokens)}, {hidden})", f"(1, {len(tokens)}, 2)"
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
        ("qa_outputs\none Linear: two logits per token", GREEN, logits),
        ("answer\nsoftmax, then the best first and last token", GREY, "a span"),
    ]


def _module(ax: Axes, top: float, text: str, colour: str) -> None:
    """Draw a box of `data_flow`; the first line of `text` is bold."""
    rounded(ax, (0.5, top - BOX), 7.3, BOX, 0.15, fc=PALE[colour], ec=colour)
    title, _, rest = text.partition("\n")
    middle, up = top - BOX / 2, 0.2 if rest else 0
    bold = ax.text(4.15, middle + up, title, ha="center", va="center")
    bold.set_fontweight("bold")
    ax.text(4.15, middle - 0.22, rest, ha="center", va="center")


def _layers(ax: Axes, top: float, bottom: float, layers: int) -> None:
    """Draw the dashed line around what each layer repeats, with their number beside."""
    look = {"fill": False, "ls": "--", "ec": BLUE}
    rounded(ax, (0.25, bottom), 7.8, top - bottom, 0.2, **look)
    text, middle = f"bert.encoder\n× {layers} layers", (top + bottom) / 2
    ax.text(8.2, middle, text, color=BLUE, va="center")
