import pytest
import torch

from companion import embeddings, figures, running, tokens


def test_the_sum_shows_each_tables_rows_and_the_shapes(notes_model):
    ax = figures.embedding_sum(notes_model.config, 10)
    shown = "\n".join(text.get_text() for text in ax.texts)
    for part in ("28,996 rows of 768", "512 rows of 768", "2 rows of 768"):
        assert part in shown
    assert shown.count("(1, 10, 768)") == 5


def test_three_bars_per_token_as_long_as_its_vectors(embedded):
    tokenizer, model = embedded
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        terms = embeddings.embed(model.bert.embeddings, encoded.input_ids)
    ax = figures.term_norms(encoded.tokens, terms)
    for bars, vectors in zip(
        ax.containers, (terms.words, terms.positions, terms.token_types), strict=True
    ):
        heights = [bar.get_height() for bar in bars]
        assert heights == pytest.approx(vectors[0].norm(dim=-1).tolist())


def test_similarity_does_not_depend_on_length():
    ax = figures.position_similarity(torch.tensor([[1.0, 0], [5, 0], [0, 2], [-1, 0]]))
    drawn = torch.tensor(ax.images[0].get_array().tolist())
    assert torch.allclose(drawn[0], torch.tensor([1.0, 1, 0, -1]))


def test_each_wave_is_a_column_over_its_positions():
    table = torch.tensor([[0.0, 5], [1, 6], [2, 7]])
    for ax, column in zip(
        figures.position_waves(table, [1, 0], 4), (1, 0), strict=True
    ):
        xs, ys = ax.lines[-1].get_data()
        assert list(xs) == [4, 5, 6]
        assert list(ys) == table[:, column].tolist()
        assert ax.get_ylabel() == f"number {column}"
