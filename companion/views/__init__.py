"""Views of attention to touch, in a notebook and in the built book.

    head_view     one layer at a time: lines from each token to those it reads
    model_view    all layers and heads at once, small
    neuron_view   one head: its queries and keys, and how they make the weights
    layer_slider  where the tokens' vectors stand, from the embeddings to the end
    answer_view   a text, questions, and the model's answers marked in it

The first three follow BertViz (Vig, *A Multiscale Visualization of Attention in the
Transformer Model*, 2019), in scripts of our own. Chapters 4 and 10.
"""

from typing import TYPE_CHECKING

from companion import lazy

if TYPE_CHECKING:
    from companion.views.answers import MarkedAnswers, answer_view
    from companion.views.decoding import Decoded, decode
    from companion.views.head import head_view
    from companion.views.model import model_view
    from companion.views.neuron import neuron_view
    from companion.views.page import BOOK, View
    from companion.views.slider import layer_slider

__all__ = [
    "BOOK",
    "Decoded",
    "MarkedAnswers",
    "View",
    "answer_view",
    "decode",
    "head_view",
    "layer_slider",
    "model_view",
    "neuron_view",
]

if not TYPE_CHECKING:  # to a type checker any name would do
    __getattr__, __dir__ = lazy.attributes(
        __name__,
        {
            "BOOK": "page",
            "Decoded": "decoding",
            "MarkedAnswers": "answers",
            "View": "page",
            "answer_view": "answers",
            "decode": "decoding",
            "head_view": "head",
            "layer_slider": "slider",
            "model_view": "model",
            "neuron_view": "neuron",
        },
    )
