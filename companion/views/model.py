"""The model view: all layers and heads at once, small."""

from companion.views.attention import Picture, with_arguments_of
from companion.views.page import View


@with_arguments_of(Picture)
def model_view(picture: Picture) -> View:
    """Show all layers and heads at once, small; one of them can be enlarged.

    Arguments and errors as `head_view`. With `layer` and `head` this one is enlarged
    from the beginning.
    """
    picture.check_lines(picture.weights.numel(), "layers, heads")
    return picture.view("model", height=46 * len(picture.layers) + 130)
