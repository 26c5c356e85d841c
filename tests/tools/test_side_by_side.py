"""Functions in two languages, read from the sources."""

import pytest

from tools.sphinx_ext.side_by_side import in_javascript, in_python


def test_a_function_is_whole_and_without_what_explains_it():
    text = in_python("companion.attention.split_heads")
    assert text.startswith("def split_heads(")
    assert '"""' not in text
    assert text.rstrip().splitlines()[-1].strip().startswith("return pieces.transpose")
    text = in_javascript("attention.js:splitHeads")
    assert text.startswith("export const splitHeads = (")
    assert text.endswith("\n};")
    assert text.count("const splitHeads") == 1


def test_one_line_after_the_arrow_is_a_function_too():
    text = in_javascript("formulas.js:gelu")
    assert text.endswith("erf(x / Math.SQRT2)));")


@pytest.mark.parametrize("place", ["bert.js:nothing", "bert.js:linea"])
def test_what_is_not_there_is_named(place):
    with pytest.raises(ValueError, match=place):
        in_javascript(place)
    with pytest.raises(ValueError, match=r"companion\.nothing\.at_all"):
        in_python("companion.nothing.at_all")
