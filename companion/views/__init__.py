"""Views of attention to touch, in a notebook and in the built book.

    head_view     one layer at a time: lines from each token to those it reads
    model_view    all layers and heads at once, small
    neuron_view   one head: its queries and keys, and how they make the weights
    layer_slider  where the tokens' vectors stand, from the embeddings to the end

The first three are BertViz's (Vig, *A Multiscale Visualization of Attention*, 2019):
its own scripts draw them, from the companion's numbers. Chapters 4 and 10. To be drawn
in a notebook they need the extra `views`: `pip install "inside-bert[views]"`.
"""

from companion.views.decoding import Decoded, decode
from companion.views.head import head_view
from companion.views.model import model_view
from companion.views.neuron import neuron_view
from companion.views.page import BOOK, View
from companion.views.slider import layer_slider

__all__ = [
    "BOOK",
    "Decoded",
    "View",
    "decode",
    "head_view",
    "layer_slider",
    "model_view",
    "neuron_view",
]
