"""The views: what they hold, and what they refuse."""

import bisect
import copy
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
from companion.views import packing, slider

ROOT = Path(__file__).parents[2]
PLAIN = (running.QUESTION, running.CONTEXT)
LONG = ("Who was her brother?", running.PARAGRAPH)


def trace_of(embedded, question, context):
    tokenizer, model = embedded
    encoded = tokens.encode(tokenizer, question, context)
    with torch.inference_mode():
        return encoded, companion.trace(model.bert, **encoded.model_inputs())


def of_length(embedded, wanted):
    """A question and a context that make `wanted` tokens."""
    words = running.PARAGRAPH.split() * 8

    def count(kept):
        context = " ".join(words[:kept])
        return len(tokens.encode(embedded[0], LONG[0], context).tokens)

    kept = bisect.bisect(range(len(words)), wanted, key=count) - 1
    return LONG[0], " ".join(words[:kept]) + " ." * (wanted - count(kept))


@given(st.floats(0, 1), st.sampled_from(packing.LEVELS))
def test_a_weight_survives_to_half_a_step_of_its_root(weight, levels):
    whole = packing.quantise_weights(torch.tensor([weight]), levels)
    restored = packing.restore_weights(whole, levels).item()
    assert abs(restored**0.5 - weight**0.5) <= 0.5 / levels + 1e-6


@given(st.floats(0, 1))
def test_with_a_second_byte_two_decimals_are_the_weights(weight):
    weights = torch.tensor([weight], dtype=torch.float64)
    whole, fine = packing.quantise_weights(weights, 255), packing.finer(weights, 255)
    restored = packing.restore_weights(whole, 255, fine).item()
    assert abs(restored - weight) < 0.0003


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
    shown = views.decode(made.html())
    assert (shown.tokens, shown.layers, shown.heads) == (
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
    assert (shown.parts[0]["rows"], shown.parts[0]["columns"]) == (rows, columns)
    assert len(shown.parts) == (3 if show == "all" else 1)
    weights = torch.stack([trace.layers[i].weights[0] for i in (1, 4)])[:, [0, 3, 7]]
    weights = weights[:, :, rows][..., columns]
    assert (shown.weights.sqrt() - weights.sqrt()).abs().max() <= 0.501 / 255
    if view is views.neuron_view:
        for name, places in (("queries", rows), ("keys", columns)):
            ours = torch.stack([getattr(trace.layers[i], name)[0] for i in (1, 4)])
            ours = ours[:, [0, 3, 7]][:, :, places]
            assert (getattr(shown, name) - ours).abs().max() <= ours.abs().max() / 250


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
    shown = views.decode(html)
    ids = torch.tensor([embedded[0].convert_tokens_to_ids(shown.tokens)])
    types = torch.zeros_like(ids)
    types[0, shown.tokens.index("[SEP]") + 1 :] = 1
    with torch.inference_mode():
        trace = companion.trace(embedded[1].bert, ids, types)
    if shown.kind == "layers":
        points = project_layers(trace)
        assert (slider.on_grid(points).int() - shown.points.int()).abs().max() <= 1
        return
    weights = torch.stack([trace.layers[i].weights[0] for i in shown.layers])
    weights = weights[:, shown.heads][:, :, shown.parts[0]["rows"]]
    weights = weights[..., shown.parts[0]["columns"]]
    assert (shown.weights.sqrt() - weights.sqrt()).abs().max() <= 0.51 / shown.levels


@pytest.mark.slow
def test_a_slider_holds_two_coordinates_of_each_vector(embedded):
    encoded, trace = trace_of(embedded, *LONG)
    shown = views.decode(views.layer_slider(*embedded, *LONG).html())
    assert shown.points.shape == (len(trace.layers) + 1, len(encoded.tokens), 2)
    assert (shown.points.amin(), shown.points.amax()) == (0, slider.GRID)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.slow
def test_a_model_of_another_precision_makes_nearly_the_same_view(embedded, dtype):
    tokenizer, model = embedded
    ours = views.decode(views.neuron_view(tokenizer, model, *PLAIN).html())
    other = copy.deepcopy(model).to(dtype)
    theirs = views.decode(views.neuron_view(tokenizer, other, *PLAIN).html())
    assert (ours.weights - theirs.weights).abs().max() < 0.05
    assert views.decode(views.layer_slider(tokenizer, other, *PLAIN).html()).tokens


def test_special_tokens_in_the_text_are_shown_as_tokens(embedded):
    context = 'My [SEP] name\u2028is <b>Foo</b> &amp; "Bar"'
    encoded, trace = trace_of(embedded, "[CLS] Who?", context)
    shown = views.decode(views.head_view(*embedded, "[CLS] Who?", context).html())
    assert shown.tokens == encoded.tokens
    assert shown.tokens.count("[SEP]") == 3
    weights = trace.layers[0].weights[0]
    assert (shown.weights[0].sqrt() - weights.sqrt()).abs().max() <= 0.501 / 255


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
@pytest.mark.slow
def test_a_view_of_all_layers_is_small(embedded, length, most):
    view = views.head_view(*embedded, *of_length(embedded, length))
    shown = views.decode(view.html())
    assert shown.weights.shape == (6, 12, length, length)
    assert len(view.html()) < most
    assert shown.levels >= 31


def test_views_work_on_another_checkpoint(other_checkpoint):
    tokenizer, model = load(str(other_checkpoint))
    for view in (views.head_view, views.model_view, views.neuron_view):
        shown = views.decode(view(tokenizer, model.bert, *PLAIN).html())
        assert shown.weights.shape[:2] == (3, 4)
    model.set_attn_implementation("sdpa")  # gives no weights; a view needs none of its
    assert views.head_view(tokenizer, model, *PLAIN).html()
    with pytest.raises(ValueError, match="shows 64 at the most: shorten the context"):
        views.head_view(tokenizer, model, *LONG)


@pytest.mark.slow
def test_what_cannot_be_shown_is_named(embedded):
    view = partial(views.head_view, *embedded)
    with pytest.raises(ValueError, match=r"have 513 tokens.*shorten the context"):
        view(*of_length(embedded, 513))
    with pytest.raises(
        TypeError, match=r"model.bert must be a BertModel, not a Linear"
    ):
        views.head_view(embedded[0], torch.nn.Linear(2, 2), *PLAIN)
    with pytest.raises(
        ValueError, match=r"question must give a token, and '\\u200b' g"
    ):
        view("\u200b", "My name is Foo")
    with pytest.raises(
        ValueError, match=r"context must give a token, and '\\x00' give"
    ):
        views.layer_slider(*embedded, "Who?", "\0")
    with pytest.raises(ValueError, match=r"472,392 lines at once.*give fewer layers"):
        views.model_view(*embedded, *LONG)
    with pytest.raises(ValueError, match="html must hold a view"):
        views.decode("<p>data-packed</p>")
