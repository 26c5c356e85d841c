"""The neuron view: how queries and keys make the weights of one head."""

from companion.views.attention import Picture, with_arguments_of
from companion.views.page import View

LINES = 6  # that BertViz draws for each weight


@with_arguments_of(Picture)
def neuron_view(picture: Picture) -> View:
    """Show one head: a token's query, every key, their products, and the weights.

    Arguments and errors as `head_view`.
    """
    picture.check_lines(LINES * picture.weights[0, 0].numel(), "show")
    return picture.view("neuron", height=26 * picture.tall + 190, vectors=True)
