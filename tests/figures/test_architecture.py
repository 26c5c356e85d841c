import pytest

from companion import architecture, figures

TOKENS = ["[CLS]", "Who", "?", "[SEP]", "My", "name", "is", "F", "##oo", "[SEP]"]


def test_two_bars_per_token():
    starts, ends = [i / 20 for i in range(10)], [1 - i / 20 for i in range(10)]
    ax = figures.token_probabilities(TOKENS, starts, ends)
    first, last = ax.containers
    assert [bar.get_height() for bar in first] == starts
    assert [bar.get_height() for bar in last] == ends
    assert [label.get_text() for label in ax.get_xticklabels()] == TOKENS


def test_a_bar_for_each_part_with_attention_and_feed_forward(notes_model):
    tree = architecture.tree(notes_model)
    ax = figures.parameters_by_part(tree)
    first, rest = ax.containers
    ends = [bar.get_x() + bar.get_width() for bar in rest]
    assert ends == pytest.approx([22.665216, *[7.087872] * 12, 0.001538])
    assert [bar.get_width() for bar in first][1] == pytest.approx(2.363904)
    labels = {text.get_text() for text in ax.texts}
    assert labels == {"22,665,216 (21.0%)", "7,087,872 (6.6%)", "1,538 (0.0%)"}


def test_the_data_flow_shows_the_models_own_sizes(embedded):
    _, model = embedded
    ax = figures.data_flow(model.config, TOKENS)
    shown = "\n".join(text.get_text() for text in ax.texts)
    for part in ["(1, 10)", "(1, 10, 384)", "(1, 10, 2)", "× 6 layers", "12 heads"]:
        assert part in shown
    assert "384 → 1536 → 384" in shown
    assert shown.count("(1, 10, 384)") == 3
    assert "  ".join(TOKENS) in shown
