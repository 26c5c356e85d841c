"""Chapter 3: three tables and their sum, its terms' lengths, what positions share."""

import torch
from matplotlib.axes import Axes
from torch import Tensor
from transformers import BertConfig

from companion.embeddings import EmbeddingTerms
from companion.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    SIGNED,
    arrow,
    box,
    frame,
    new_axes,
    new_drawing,
    new_panels,
    scale,
)


def embedding_sum(config: BertConfig, tokens: int) -> Axes:
    """Draw the three tables, the sum of a row of each, and LayerNorm, with shapes."""
    ax = new_drawing(3.6, (0, 10), (-4.6, 0.9))
    size, vectors = config.hidden_size, f"(1, {tokens}, {config.hidden_size})"
    tables = [
        ("word_embeddings", "input_ids", config.vocab_size, ORANGE),
        ("position_embeddings", "position_ids", config.max_position_embeddings, BLUE),
        ("token_type_embeddings", "token_type_ids", config.type_vocab_size, GREEN),
    ]
    places = [
        (1.4, (2.2, -1.6), "right"),
        (4.65, (5.05, -1.25), "left"),
        (8.25, (7.2, -1.7), "left"),
    ]
    for (x, beside, side), row in zip(places, tables, strict=True):
        table, ids, rows, colour = row
        arrow(ax, (x, 0.45), (x, 0.1))
        ax.text(x, 0.6, f"{ids} (1, {tokens})", ha="center")
        box(
            ax,
            x,
            -0.4,
            f"{table}\n{rows:,} rows of {size}",
            colour,
            shape="round,pad=0.3",
        )
        arrow(ax, (x, -0.85), (5 + (x - 5) * 0.12, -1.9))
        ax.text(*beside, vectors, ha=side, color=GREY)
    box(ax, 5, -2.2, "sum", GREY)
    arrow(ax, (5, -2.5), (5, -3.15))
    ax.text(5.2, -2.85, vectors, color=GREY)
    box(ax, 5, -3.45, "LayerNorm", GREY)
    arrow(ax, (5, -3.75), (5, -4.4))
    ax.text(5.2, -4.2, f"{vectors}, into the encoder", color=GREY)
    return ax


def term_norms(tokens: list[str], terms: EmbeddingTerms) -> Axes:
    """Draw three bars per token: the lengths of the vectors that are added up."""
    ax = new_axes(2.6)
    rows = {
        "word": (terms.words, ORANGE),
        "position": (terms.positions, BLUE),
        "token type": (terms.token_types, GREEN),
    }
    for i, (name, (vectors, colour)) in enumerate(rows.items()):
        lengths = vectors[0].norm(dim=-1).tolist()
        places = [x + 0.27 * (i - 1) for x in range(len(tokens))]
        ax.bar(places, lengths, 0.25, color=colour, label=name)
    ax.set_xticks(range(len(tokens)), tokens)
    ax.set_ylabel("length of the vector")
    ax.legend(frameon=False)
    return ax


def position_similarity(table: Tensor) -> Axes:
    """Draw the cosine similarity of each position's vector with each other's.

    Args:
        table: (P, H), the position embeddings or some rows of them.
    """
    ax = new_axes(3.9)
    directions = torch.nn.functional.normalize(table, dim=-1)
    similarity = directions @ directions.T  # (P, P)
    picture = ax.imshow(similarity.tolist(), cmap=SIGNED, vmin=-1, vmax=1)
    scale(ax, picture, label="cosine similarity", shrink=0.8)
    ax.set(xlabel="position", ylabel="position")
    frame(ax)
    return ax


def position_waves(table: Tensor, columns: list[int], first: int) -> list[Axes]:
    """Draw some columns of the table of positions, each over the positions.

    Args:
        table: (P, H), rows of the position embeddings.
        columns: which of the H numbers to draw, one below the other.
        first: the position of the first row.
    """
    axes = new_panels(1.5 * len(columns), rows=len(columns))
    positions = range(first, first + len(table))
    for ax, column in zip(axes, columns, strict=True):
        ax.axhline(0, color=GREY, lw=0.6)
        ax.plot(positions, table[:, column].tolist(), color=BLUE, lw=1.2)
        ax.set_ylabel(f"number {column}")
    axes[-1].set_xlabel("position")
    return axes
