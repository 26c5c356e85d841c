"""The companion of *Inside BERT*: each part of BERT in a few readable lines."""

from companion._version import __version__
from companion.comparison import compare, library_trace
from companion.encoder import trace
from companion.loading import load
from companion.qa_pipeline import QuestionAnswerer

__all__ = [
    "QuestionAnswerer",
    "__version__",
    "compare",
    "library_trace",
    "load",
    "trace",
]
