"""A stored view is kept where a new one shows the same."""

import re

import nbformat

from companion import running, views
from companion.views import packing
from tools.notebooks import keep_views, show_the_same

PLAIN = (running.QUESTION, running.CONTEXT)


def test_views_show_the_same_but_for_a_rounding_edge(embedded):
    html = views.neuron_view(*embedded, *PLAIN, layers=[1]).html()
    header, arrays = packing.unpack(html.split('data-packed="')[1].split('"')[0])

    def with_weights(weights, **changes):
        text = packing.pack({**header, **changes}, {**arrays, "weights": weights})
        return re.sub('data-packed="[^"]*"', f'data-packed="{text}"', html)

    weights = arrays["weights"]
    one, two = weights.clone(), weights.clone()
    one[0, 3, 2, 1], two[0, 3, 2, 1] = weights[0, 3, 2, 1] + 1, weights[0, 3, 2, 1] + 2
    assert show_the_same(html, with_weights(one))
    assert not show_the_same(html, with_weights(two))
    coarse = {name: array for name, array in arrays.items() if name != "fine"}
    text = packing.pack(header, coarse)
    coarser = re.sub('data-packed="[^"]*"', f'data-packed="{text}"', html)
    assert not show_the_same(coarser, html)
    assert not show_the_same(html, with_weights(weights, tokens=["other"] * 10))
    assert not show_the_same(html, html.replace("is drawn by", "is painted by"))


def test_a_stored_view_is_kept_where_a_new_one_shows_the_same(embedded):
    def notebook(html):
        output = nbformat.v4.new_output("display_data", {"text/html": html})
        return nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell("x", outputs=[output])]
        )

    html = views.head_view(*embedded, *PLAIN, layers=[1]).html()
    other = views.head_view(*embedded, *PLAIN, layers=[2]).html()
    header, arrays = packing.unpack(html.split('data-packed="')[1].split('"')[0])
    arrays["weights"][0, 0, 0, 0] += 1
    text = packing.pack(header, arrays)
    nearly = re.sub('data-packed="[^"]*"', f'data-packed="{text}"', html)
    for new, old, wanted in ((nearly, html, html), (other, html, other)):
        fresh = notebook(new)
        keep_views(fresh, notebook(old))
        assert fresh.cells[0].outputs[0].data["text/html"] == wanted
