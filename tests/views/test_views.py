"""The views: what they hold, and what a cell's output carries."""

import re
from functools import partial
from pathlib import Path

import nbformat
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import companion
from companion import load, running, tokens, views
from companion.projection import project_layers
from companion.views import packing, page, slider
from tools.notebooks import keep_views

ROOT = Path(__file__).parents[2]
PLAIN = (running.QUESTION, running.CONTEXT)
LONG = ("Who was her brother?", running.PARAGRAPH)


@pytest.fixture(autouse=True)
def new_session(monkeypatch):
    monkeypatch.setattr(page, "_carrier", None)
    monkeypatch.delenv(views.BOOK, raising=False)


def trace_of(embedded, question, context):
    tokenizer, model = embedded
    encoded = tokens.encode(tokenizer, question, context)
    with torch.inference_mode():
        return encoded, companion.trace(model.bert, **encoded.model_inputs())


def of_length(embedded, wanted):
    """A question and a context that make `wanted` tokens."""
    words, context = (running.PARAGRAPH + " ") * 8, ""
    for word in words.split():
        encoded = tokens.encode(embedded[0], LONG[0], f"{context} {word}")
        if len(encoded.tokens) > wanted:
            break
        context = f"{context} {word}"
    missing = wanted - len(tokens.encode(embedded[0], LONG[0], context).tokens)
    return LONG[0], context + " ." * missing


# What a view holds


@given(st.floats(0, 1), st.sampled_from(packing.LEVELS))
def test_a_weight_survives_to_half_a_step_of_its_root(weight, levels):
    whole = packing.quantise_weights(torch.tensor([weight]), levels)
    restored = packing.restore_weights(whole, levels).item()
    assert abs(restored**0.5 - weight**0.5) <= 0.5 / levels + 1e-6


@given(st.floats(1e-3, 1e3), st.integers(0, 2**31))
def test_a_vector_survives_to_half_a_step(size, seed):
    generator = torch.Generator().manual_seed(seed)
    vectors = size * torch.randn(2, 3, 4, 5, generator=generator)
    whole, steps = packing.quantise_vectors(vectors)
    off = (packing.restore_vectors(whole, steps) - vectors).abs()
    assert (off <= 0.51 * torch.tensor(steps)[..., None, None]).all()


@given(st.lists(st.text()), st.binary(min_size=1))
def test_what_is_packed_is_unpacked(words, data):
    array = torch.frombuffer(bytearray(data), dtype=torch.uint8)
    text = packing.pack({"tokens": words}, {"array": array})
    assert re.fullmatch(r"[\w+/]+=*", text)
    header, arrays = packing.unpack(text)
    assert header == {"tokens": words}
    assert torch.equal(arrays["array"], array)


@pytest.mark.parametrize("view", [views.head_view, views.model_view, views.neuron_view])
@pytest.mark.parametrize("show", ["all", "question to context", "context to question"])
def test_a_view_holds_the_companions_weights(embedded, view, show):
    encoded, trace = trace_of(embedded, *PLAIN)
    made = view(*embedded, *PLAIN, layers=[4, 1], heads=[0, 3, 7], show=show)
    found = views.decode(made.html())
    assert (found.tokens, found.layers, found.heads) == (
        encoded.tokens,
        [1, 4],
        [0, 3, 7],
    )
    asked, given_, every = [1, 2], [4, 5, 6, 7, 8], list(range(10))
    sides = {
        "question to context": (asked, given_),
        "context to question": (given_, asked),
    }
    rows, columns = sides.get(show, (every, every))
    assert (found.parts[0]["rows"], found.parts[0]["columns"]) == (rows, columns)
    assert len(found.parts) == (3 if show == "all" else 1)
    weights = torch.stack([trace.layers[i].weights[0] for i in (1, 4)])[:, [0, 3, 7]]
    weights = weights[:, :, rows][..., columns]
    assert (found.weights.sqrt() - weights.sqrt()).abs().max() <= 0.501 / 255
    if view is views.neuron_view:
        for name, places in (("queries", rows), ("keys", columns)):
            ours = torch.stack([getattr(trace.layers[i], name)[0] for i in (1, 4)])
            ours = ours[:, [0, 3, 7]][:, :, places]
            assert (getattr(found, name) - ours).abs().max() <= ours.abs().max() / 250


def stored_views():
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                html = output.get("data", {}).get("text/html", "")
                if "data-packed" in html:
                    yield pytest.param(cell, html, id=f"{path.stem}-{cell.id}")


@pytest.mark.parametrize(("cell", "html"), [*stored_views()])
def test_a_stored_view_shows_the_embedded_models_weights(embedded, cell, html):
    assert "nbval-ignore-output" in cell.metadata.tags
    assert "insideBert?.draw()" in html
    assert len(html) < 450_000  # and not the script too
    found = views.decode(html)
    ids = torch.tensor([embedded[0].convert_tokens_to_ids(found.tokens)])
    types = torch.zeros_like(ids)
    types[0, found.tokens.index("[SEP]") + 1 :] = 1
    with torch.inference_mode():
        trace = companion.trace(embedded[1].bert, ids, types)
    if found.kind == "layers":
        points = project_layers(trace)
        assert (slider.on_grid(points).int() - found.points.int()).abs().max() <= 1
        return
    weights = torch.stack([trace.layers[i].weights[0] for i in found.layers])
    weights = weights[:, found.heads][:, :, found.parts[0]["rows"]]
    weights = weights[..., found.parts[0]["columns"]]
    assert (found.weights.sqrt() - weights.sqrt()).abs().max() <= 0.51 / found.levels


def test_a_slider_holds_two_coordinates_of_each_vector(embedded):
    encoded, trace = trace_of(embedded, *LONG)
    found = views.decode(views.layer_slider(*embedded, *LONG).html())
    assert found.points.shape == (len(trace.layers) + 1, len(encoded.tokens), 2)
    assert (found.points.amin(), found.points.amax()) == (0, slider.GRID)


def test_an_id_depends_on_what_is_shown_only(embedded):
    view = partial(views.head_view, *embedded)
    assert view(*PLAIN).id == view(*PLAIN).id
    assert view(*PLAIN).html() == view(*PLAIN).html()
    others = [view("Why?", PLAIN[1]), view(*PLAIN, layers=[1]), view(*PLAIN, heads=[1])]
    others += [view(*PLAIN, show="context to question")]
    others += [
        views.model_view(*embedded, *PLAIN),
        views.neuron_view(*embedded, *PLAIN),
    ]
    assert len({view(*PLAIN).id, *(other.id for other in others)}) == len(others) + 1


@pytest.mark.parametrize(("length", "most"), [(64, 180_000), (128, 450_000)])
def test_a_view_of_all_layers_is_small(embedded, length, most):
    view = views.head_view(*embedded, *of_length(embedded, length))
    found = views.decode(view.html())
    assert found.weights.shape == (6, 12, length, length)
    assert len(view.html()) < most
    assert found.levels >= 31


def test_views_work_on_another_checkpoint(other_checkpoint):
    tokenizer, model = load(str(other_checkpoint))
    for view in (views.head_view, views.model_view, views.neuron_view):
        found = views.decode(view(tokenizer, model.bert, *PLAIN).html())
        assert found.weights.shape[:2] == (3, 4)
    model.set_attn_implementation("sdpa")  # gives no weights; a view needs none of its
    assert views.head_view(tokenizer, model, *PLAIN).html()
    with pytest.raises(ValueError, match="shows 64 at the most: shorten the context"):
        views.head_view(tokenizer, model, *LONG)


def test_what_cannot_be_shown_is_named(embedded):
    view = partial(views.head_view, *embedded)
    with pytest.raises(ValueError, match=r"have 513 tokens.*shorten the context"):
        view(*of_length(embedded, 513))
    with pytest.raises(
        ValueError, match=r"layers must name one or more of 0 to 5, not"
    ):
        view(*PLAIN, layers=[])
    with pytest.raises(ValueError, match=r"layers must .* 0 to 5, not \[1, 6\]"):
        view(*PLAIN, layers=[1, 6])
    with pytest.raises(ValueError, match=r"heads must .* 0 to 11, not \[-1\]"):
        view(*PLAIN, heads=[-1])
    with pytest.raises(ValueError, match=r"show must be one of all, .* not 'some'"):
        view(*PLAIN, show="some")
    with pytest.raises(
        TypeError, match=r"model.bert must be a BertModel, not a Linear"
    ):
        views.head_view(embedded[0], torch.nn.Linear(2, 2), *PLAIN)
    with pytest.raises(ValueError, match=r"472,392 lines at once.*give fewer layers"):
        views.model_view(*embedded, *LONG)
    with pytest.raises(ValueError, match="html must hold a view"):
        views.decode("<p>data-packed</p>")


# What a cell's output carries


def carries(view):
    return "d3js.org" in view._repr_html_()


def test_the_script_comes_once_a_session_and_again_where_it_was(embedded, monkeypatch):
    first = views.head_view(*embedded, *PLAIN)
    second = views.model_view(*embedded, *PLAIN)
    assert [carries(v) for v in (first, second, first)] == [True, False, True]
    monkeypatch.setattr(page, "_carrier", None)
    cells = iter("aaba")  # a cell that is run again with another view
    monkeypatch.setattr(page, "_cell", lambda: next(cells))
    shown = [carries(v) for v in (first, second, first, second)]
    assert shown == [True, True, False, True]


def test_in_the_book_no_output_carries_the_script(embedded, monkeypatch):
    monkeypatch.setenv(views.BOOK, "1")
    view = views.head_view(*embedded, *PLAIN)
    assert view._repr_html_() == view.html()
    assert repr(view) == "<head view: 12 heads of each of 6 layers over 10 tokens, all>"


def test_the_script_has_its_parts_and_ends_no_element():
    script = views.runtime()
    for part in ("d3js.org v5.7.0", "jQuery v3", "Jesse Vig", "attention-view"):
        assert part in script
    assert "/* insert" not in script
    assert "</script" not in script.lower()


def test_views_are_alike_but_for_a_rounding_edge(embedded):
    html = views.neuron_view(*embedded, *PLAIN, layers=[1]).html()
    header, arrays = packing.unpack(html.split('data-packed="')[1].split('"')[0])

    def with_weights(weights, **changes):
        text = packing.pack({**header, **changes}, {**arrays, "weights": weights})
        return re.sub('data-packed="[^"]*"', f'data-packed="{text}"', html)

    weights = arrays["weights"]
    one, two = weights.clone(), weights.clone()
    one[0, 3, 2, 1], two[0, 3, 2, 1] = weights[0, 3, 2, 1] + 1, weights[0, 3, 2, 1] + 2
    assert views.alike(html, with_weights(one))
    assert not views.alike(html, with_weights(two))
    assert not views.alike(html, with_weights(weights, tokens=["other"] * 10))
    assert not views.alike(html, html.replace("is drawn by", "is painted by"))


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
