"""Text to tokens, ids, types, positions and mask; and back to the characters.

split_words    "Who's Foo?" -> Who ' s Foo ?
wordpiece      Foo -> F ##oo
tokenize       both, with the characters that each token was made from
encode         a question and a context, as the model reads them
learn_pieces   how a vocabulary is made
"""

from companion.tokens.encoding import Encoded, check_text, encode, join
from companion.tokens.learning import learn_pieces
from companion.tokens.words import Word, split_words, tokenize, wordpiece

__all__ = [
    "Encoded",
    "Word",
    "check_text",
    "encode",
    "join",
    "learn_pieces",
    "split_words",
    "tokenize",
    "wordpiece",
]
