"""The picture comes before the code that only draws it."""

import pytest
from docutils import nodes
from docutils.utils import new_document

from tools.sphinx_ext.pictures import FoldDrawing, only_draws


@pytest.mark.parametrize(
    ("code", "is_only"),
    [
        ("ax = figures.activations()", True),
        ("axes = figures.position_waves(\n    rows, [1, 2], first=1\n)", True),
        ("x = 2\nax = figures.slope_at(f, x, 4)", False),  # it computes, too
        ("ax = draw(x)", False),
        ("ax = figures", False),
        ("%timeit figures.activations()", False),
    ],
)
def test_a_cell_that_does_more_than_draw_is_not_folded(code, is_only):
    assert only_draws(code) == is_only


def page_with(code, output):
    source = nodes.container("", nodes.literal_block(code, code))
    cell = nodes.container("", source, nodes.container("", output))
    cell["nb_element"] = "cell_code"
    document = new_document("page")
    document += cell
    FoldDrawing(document).run()
    return [child.astext() for child in cell]


def test_the_picture_comes_before_its_folded_code():
    before, fold, code, end = page_with("ax = figures.padding(a, b)", nodes.figure())
    assert before == ""
    assert fold.startswith("<details")
    assert code == "ax = figures.padding(a, b)"
    assert end == "</details>"
    assert len(page_with("ax = figures.padding(a, b)", nodes.paragraph())) == 2
    assert len(page_with("print(1)", nodes.figure())) == 2
