"""A page with views, which the tests of each kind touch."""

import pytest
import torch
from touching import Opening, written

import companion
from companion import running, tokens, views

PLAIN = (running.QUESTION, running.CONTEXT)
PARAGRAPH = ("Who was her brother?", running.PARAGRAPH)


@pytest.fixture(scope="module")
def made(embedded):
    """The views of the page, by number."""
    return [
        views.head_view(*embedded, *PLAIN),
        views.model_view(*embedded, *PLAIN, layers=[0, 3, 5]),
        views.neuron_view(*embedded, *PLAIN, layers=[2, 4], heads=[1, 5]),
        views.neuron_view(*embedded, *PLAIN, show="question to context"),
        views.layer_slider(*embedded, *PARAGRAPH),
        views.head_view(*embedded, *PLAIN),  # the first once more
        views.head_view(*embedded, *PARAGRAPH, layer=5, head=0),
        views.head_view(*embedded, *PLAIN, layer=1, head=8, token="Who"),
    ]


@pytest.fixture(scope="module")
def weights(embedded):
    """(L, A, T, T), what the model gives to the plain question."""
    encoded = tokens.encode(embedded[0], *PLAIN)
    with torch.inference_mode():
        layers = companion.trace(embedded[1].bert, **encoded.model_inputs()).layers
    return torch.stack([layer.weights[0] for layer in layers])


@pytest.fixture(scope="module")
def address(made, tmp_path_factory):
    """Where the page with the views lies."""
    return written(tmp_path_factory.mktemp("views") / "page.html", made).as_uri()


@pytest.fixture
def opened(browser, address):
    """The page with its views drawn."""
    with Opening(browser, address) as opened:
        yield opened
