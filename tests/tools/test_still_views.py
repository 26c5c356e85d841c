"""The pictures of the views for a page whose scripts do not run."""

import re
import xml.etree.ElementTree as ET

import pytest

from companion import running, views
from tools.sphinx_ext.attention_views import with_stills
from tools.sphinx_ext.still_views import still

PLAIN = (running.QUESTION, running.CONTEXT)
LONG = ("Who was her brother?", running.PARAGRAPH)


def drawn(view):
    picture = ET.fromstring(still(view.packed))
    return picture, [text.text for text in picture.iter("text")]


@pytest.mark.parametrize("make", [views.head_view, views.neuron_view])
def test_a_head_is_drawn_with_its_strongest_lines(embedded, make):
    picture, names = drawn(make(*embedded, *PLAIN, layer=1, head=8))
    assert names.count("Who") == names.count("##oo") == 2
    lines = {
        (line.get("y1"), line.get("y2")): float(line.get("stroke-opacity"))
        for line in picture.iter("line")
    }
    assert lines["30.0", "50.0"] > 0.95  # Who to ?, in the head that looks ahead


def test_all_heads_are_drawn_small(embedded):
    picture, names = drawn(views.model_view(*embedded, *PLAIN))
    assert len(list(picture.iter("path"))) == 2 * 6 * 12
    assert "layer 5" in names


def test_points_have_the_names_that_matter(embedded):
    picture, names = drawn(views.layer_slider(*embedded, *LONG, layer=5))
    assert len(list(picture.iter("circle"))) == 81
    assert {"Anton", "Who", "botanist"} <= set(names)


def test_a_long_text_is_cut_to_what_has_weight(embedded):
    _, names = drawn(views.head_view(*embedded, *LONG, layer=5, head=0))
    assert len(names) == 48
    assert "Anton" in names


def test_each_view_of_a_page_gets_one_and_its_words_fit(embedded):
    view = views.head_view(*embedded, "<b>Who</b>?", "My name is Foo")
    page = with_stills(f"<p>Before</p>{view.html()}<p>between</p>{view.html()}")
    assert page.count("<svg ") == 2
    assert page.count("a still picture of layer 0, all heads together") == 2
    assert "drawn by a script" not in page
    assert len(re.findall("<b>", page)) == 0


def test_a_page_says_what_the_picture_shows(embedded):
    views_ = (
        (views.head_view(*embedded, *PLAIN, layer=5, head=0), "of layer 5, head 0;"),
        (views.neuron_view(*embedded, *PLAIN, layers=[2]), "of layer 2, head 0;"),
        (views.model_view(*embedded, *PLAIN), "of all heads;"),
        (views.layer_slider(*embedded, *PLAIN), "of the embeddings;"),
    )
    for view, words in views_:
        assert words in with_stills(view.html())
