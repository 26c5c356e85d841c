"""The neuron view: how queries and keys make the weights of one head."""

from companion.views.attention import MANY, Picture, with_arguments_of
from companion.views.page import View


@with_arguments_of(Picture)
def neuron_view(picture: Picture) -> View:
    """Show one head: a token's query, every key, their products, and the weights.

    Arguments and errors as `head_view`. The query is that of `token`.
    """
    picture.check_lines(picture.weights[0, 0].numel(), "show")
    tall, tables = min(picture.tall, MANY), "token" in picture.open
    height = 26 * tall + 150 + tables * (24 * tall + 80)
    return picture.view("neuron", height=height, vectors=True)
