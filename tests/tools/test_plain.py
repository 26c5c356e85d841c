"""MyST becomes Markdown for any front end of Jupyter, with numbers and links in it."""

import pytest

from tools.plain import places, written_out


@pytest.mark.parametrize(
    ("myst", "wanted"),
    [
        ("{term}`softmax`", "*softmax*"),
        ("{term}`windows\n<window>`", "*windows*"),
        ("{py:func}`companion.load`", "`companion.load`"),
        ("{py:func}`~companion.attention.attend`", "`attend`"),
        ("{py:func}`tokens.encode <companion.tokens.encode>`", "`tokens.encode`"),
        ("{ref}`Chapter 1 <architecture>`", "[Chapter 1](01_architecture.ipynb)"),
        ("{ref}`notation`", "[Notation](../book/notation.md)"),
        ("{doc}`chapter 5 <05_encoder>`", "[chapter 5](05_encoder.ipynb)"),
        ("{numref}`attention-flow`", "Figure 4.1"),
        ("{numref}`data-flow`", "[Figure 1.1](01_architecture.ipynb)"),
        ("{numref}`heads-who`", "[Figure 10.2](10_heads.ipynb)"),
        (
            "{cite:t}`wang2020minilm` and {cite}`ba2016layernorm`",
            "[Wang et al. (2020)](https://arxiv.org/abs/2002.10957) and "
            "([Ba et al., 2016](https://arxiv.org/abs/1607.06450))",
        ),
        ("(attention)=\n# Attention\n\nText", "# Attention\n\nText"),
        ("weights\n: The mean.\n", "- weights: The mean.\n"),
        ("Agrees?\n: Yes.\n  All.\n", "- Agrees? Yes.\n  All.\n"),
        (":::{note}\nOne.\n\nTwo.\n:::", "> **Note.** One.\n>\n> Two."),
        (
            ":::{live} heads\n:layer: 1\n:text: paragraph\nOne\nand {term}`head`.\n:::",
            "> **In the built book**, on your own words: One\n> and *head*.",
        ),
        ("$\\sqrt D$, `B` and [a](b)", "$\\sqrt D$, `B` and [a](b)"),
    ],
)
def test_each_piece_of_myst_is_written_out(myst, wanted):
    assert written_out(myst, "04_attention") == wanted


def test_two_works_in_brackets_and_two_authors():
    text = written_out("{cite}`jain2019not,wiegreffe2019not`", "10_heads")
    assert text.startswith("([Jain and Wallace, 2019](https://")
    assert "; [Wiegreffe and Pinter, 2019](https://" in text


def test_a_section_is_an_anchor_in_its_page():
    anchor = "#" + places()["encoder-gelu"].title.replace(" ", "-")
    link = "{ref}`below <encoder-gelu>`"
    assert written_out(link, "05_encoder") == f"[below]({anchor})"
    assert written_out(link, "10_heads") == f"[below](05_encoder.ipynb{anchor})"


@pytest.mark.parametrize(
    "myst",
    ["{sub}`x`", "{ref}`x <nowhere>`", "```{tip}\nx\n```", ":::{dropdown} x\n:::"],
)
def test_what_is_not_known_is_refused_with_the_page(myst):
    with pytest.raises(ValueError, match=r"book/04_attention\.md: "):
        written_out(myst, "04_attention")
