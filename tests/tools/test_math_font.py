"""The font of the formulas has what they need, and says whose it is."""

import pytest
from fontTools.ttLib import TTFont
from latex2mathml.converter import convert

from tools.sphinx_ext import math_font

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def font(tmp_path_factory):
    path = tmp_path_factory.mktemp("font") / math_font.FONT
    math_font.write_font(path)
    assert path.stat().st_size < 150_000
    with TTFont(path) as font:
        yield font


def test_it_is_packed_for_the_web_and_measures_formulas(font):
    assert font.flavor == "woff2"
    constants = font["MATH"].table.MathConstants
    assert constants.SubscriptShiftDown.Value > 100  # in thousandths of the size


def test_it_names_its_authors_and_licence(font):
    names = {record.nameID: str(record) for record in font["name"].names}
    assert "STIX Fonts Project Authors" in names[0]
    assert "SIL Open Font License" in names[13]


@pytest.mark.parametrize(
    "formula",
    [
        r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"x \cdot \Phi(x) \approx \sqrt{\pi} \le \infty",
        r"q \in \mathbb{R}^{D} \leftarrow -\epsilon \ldots",
    ],
)
def test_it_has_the_characters_of_a_formula(font, formula):
    known = font.getBestCmap()
    text = "".join(part.partition(">")[2] for part in convert(formula).split("<"))
    for entity in set(text.split("&#x")[1:]):
        assert int(entity[:5], 16) in known, entity


def test_it_has_the_slanted_letters_that_browsers_set_for_single_ones(font):
    known = font.getBestCmap()
    assert {0x210E, *range(0x1D44E, 0x1D455), *range(0x1D456, 0x1D468)} <= set(known)
