import pytest
import torch
from examples import examples
from hypothesis import given
from small_berts import cases

import companion
from companion import projection, running, tokens


@pytest.fixture(scope="module")
def trace(embedded):
    tokenizer, model = embedded
    encoded = tokens.encode(tokenizer, running.QUESTION, running.CONTEXT)
    with torch.inference_mode():
        return companion.trace(model.bert, **encoded.model_inputs())


def test_the_stream_is_what_the_library_calls_hidden_states(embedded, trace):
    tokenizer, model = embedded
    inputs = tokenizer(running.QUESTION, running.CONTEXT, return_tensors="pt")
    with torch.inference_mode():
        states = model.bert(**inputs, output_hidden_states=True).hidden_states
    torch.testing.assert_close(projection.stream(trace), torch.cat(states))


def test_a_point_for_each_layer_and_token(trace):
    points = projection.project_layers(trace)
    assert points.shape == (7, 10, 2)
    torch.testing.assert_close(points.mean(dim=1), torch.zeros(7, 2).double())


def test_the_axes_are_the_two_of_widest_spread(trace):
    """The covariance's eigenvalues, another way to the same numbers."""
    points = projection.project_layers(trace).flatten(0, 1)
    states = projection.stream(trace).double()
    rows = (states - states.mean(dim=1, keepdim=True)).flatten(0, 1)
    wanted = torch.linalg.eigvalsh(rows.T @ rows)[-2:].flip(0)
    torch.testing.assert_close(points.pow(2).sum(dim=0), wanted)
    across = (points[:, 0] * points[:, 1]).sum()
    assert abs(across) < 1e-8 * wanted[0]  # the axes tell different things


def test_the_sign_is_set(trace, monkeypatch):
    points = projection.project_layers(trace)
    for axis in points.flatten(0, 1).T:
        assert axis.max() == axis.abs().max()
    widest = projection._on_widest
    monkeypatch.setattr(projection, "_on_widest", lambda centred: -widest(centred))
    torch.testing.assert_close(projection.project_layers(trace), points)


def test_the_share_shown_is_that_of_the_map(trace):
    shown = projection.spread_shown(trace, projection.project_layers(trace))
    assert shown.shape == (7,)
    assert 0 < shown.min() < shown.max() < 1
    states = projection.stream(trace).double()[-1]
    whole = (states - states.mean(dim=0)).pow(2).sum()
    ours = projection.project_layers(trace)[-1].pow(2).sum()
    assert float(shown[-1]) == pytest.approx(float(ours / whole))


def test_a_map_of_its_own_shows_the_most_of_each_step(trace):
    points = projection.project_each(trace)
    assert points.shape == (7, 10, 2)
    shared = projection.spread_shown(trace, projection.project_layers(trace))
    own = projection.spread_shown(trace, points)
    assert (own >= shared).all()
    rows = projection.stream(trace).double()
    for share, x in zip(
        own.tolist(), rows - rows.mean(dim=1, keepdim=True), strict=True
    ):
        wanted = torch.linalg.eigvalsh(x.T @ x).flip(0)
        assert share == pytest.approx(float(wanted[:2].sum() / wanted.sum()))
    for axis in points[3].T:
        assert axis.max() == axis.abs().max()


def test_the_spread_along_directions_is_theirs_whatever_their_length(trace):
    x = projection.stream(trace).double()[4]
    x = x - x.mean(dim=0)
    one, other = torch.zeros(2, 384)
    one[7] = 3
    share = projection.spread_along(trace, one[None])[4]
    assert float(share) == pytest.approx(float(x[:, 7].pow(2).sum() / x.pow(2).sum()))
    other[[7, 8]] = torch.tensor([1.0, 5.0])  # together they span numbers 7 and 8
    both = projection.spread_along(trace, torch.stack([one, other]))[4]
    assert float(both) == pytest.approx(float(x[:, 7:9].pow(2).sum() / x.pow(2).sum()))


@given(cases())
@examples(15)
def test_any_model_of_two_dimensions_and_a_text_of_two_tokens(case):
    inputs = {name: ids[:1] for name, ids in case.inputs.items()}
    trace = companion.trace(case.model.bert, **inputs)
    layers, count = len(trace.layers), inputs["input_ids"].shape[1]
    if count < 2 or case.model.config.hidden_size < 2:
        with pytest.raises(ValueError, match="at least 2 tokens and 2 dimensions"):
            projection.project_layers(trace)
    else:
        assert projection.project_layers(trace).shape == (layers + 1, count, 2)


def test_two_texts_are_refused(embedded):
    ids = torch.tensor([[101, 102], [101, 102]])
    with pytest.raises(ValueError, match="one text, not of 2"):
        projection.project_layers(companion.trace(embedded[1].bert, ids))
