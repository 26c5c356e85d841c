"""The head view: one layer at a time, all its heads in colours."""

from companion.views.attention import MANY, Picture, with_arguments_of
from companion.views.page import View


@with_arguments_of(Picture)
def head_view(picture: Picture) -> View:
    """Show which token reads which: one layer at a time, all its heads in colours.

    Args:
        tokenizer, model: what `companion.load` returns, or any other BERT.
        question, context: the text to read.
        layers, heads: which to include, counted from 0: a number or several; all of
            them by default.
        show: "all" the weights, with a choice in the page, or only those from
            "question to context" or from "context to question".
        layer, head, token: what to open on: a layer, one head alone, and the token
            whose lines are shown, by its place or its text. By default the first
            layer, all heads, and the lines of all tokens.

    Raises:
        TypeError: if the model is no BERT, a text is no string, or the number of a
            layer or head is no integer.
        ValueError: if there is no such layer, head, token or `show`, or if the view
            would have more tokens or lines than a page can draw.
    """
    picture.check_lines(picture.weights[0].numel(), "heads")
    return picture.view("head", height=26 * min(picture.tall, MANY) + 190)
