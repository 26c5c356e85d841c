"""On the one page with all chapters, each link leads to its own chapter."""

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes

from tools.sphinx_ext.one_page import for_paper, headings, untangle

ALL = {"04_attention": "notebooks/04_attention", "index": "notebooks/index"}


def chapter(name):
    """A document with a section called "summary", and a link to it from within."""
    link = nodes.paragraph("", "", nodes.reference("", "here", refid="summary"))
    section = nodes.section("", nodes.title("", "Summary"), link, ids=["summary"])
    return addnodes.start_of_file("", section, docname=name)


def test_equal_names_in_two_chapters_are_told_apart():
    tree = new_document("")
    across = nodes.reference("", "there", refuri="#b/summary", internal=True)
    tree += [chapter("a"), chapter("b"), nodes.paragraph("", "", across)]
    untangle(tree, "index")
    first, second = tree.findall(nodes.section)
    assert first["ids"] == ["summary", "a/summary"]
    assert second["ids"] == ["summary", "b/summary"]
    links = [link["refuri"] for link in tree.findall(nodes.reference)]
    assert links == ["#a/summary", "#b/summary", "#b/summary"]


def test_what_no_link_leads_to_gets_no_second_name():
    tree = new_document("")
    tree += addnodes.start_of_file("", nodes.section("", ids=["alone"]), docname="a")
    untangle(tree, "index")
    assert next(tree.findall(nodes.section))["ids"] == ["alone"]


def test_links_in_raw_html_lead_into_the_page():
    assert for_paper('<a href="04_attention.html">x</a>', ALL) == (
        '<a href="#document-notebooks/04_attention">x</a>'
    )
    away = '<a href="https://example.org/04_attention.html">x</a>'
    assert for_paper(away, ALL) == away


def test_pictures_are_no_links_to_their_files():
    linked = '<a class="reference internal image-reference" href="_images/a.png">'
    pair = '<img alt="a" src="_images/a.png" />\n<img alt="b" src="_images/b.png" />'
    assert for_paper(f"{linked}{pair}</a>", ALL) == pair


def test_the_start_of_a_document_lies_within_it():
    start = '<span id="document-notebooks/04_attention"></span>'
    assert for_paper(f'{start}<section id="a">', ALL) == (
        f'<section id="a" data-document="notebooks/04_attention">{start}'
    )


def test_chapters_have_their_numbers_above_their_pages():
    titles = {"notebooks/04_attention": "Attention", "book/glossary": "Glossary"}
    assert headings(titles) == [
        ("notebooks/04_attention", "4. Attention"),
        ("book/glossary", "Glossary"),
    ]
