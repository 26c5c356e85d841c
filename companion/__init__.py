"""The companion of *Inside BERT*: each part of BERT in a few readable lines."""

from typing import TYPE_CHECKING

from companion import lazy
from companion._version import __version__

if TYPE_CHECKING:
    from companion.comparison import compare, library_trace
    from companion.encoder import trace
    from companion.loading import load
    from companion.pretraining import load_masked
    from companion.qa_pipeline import QuestionAnswerer, question_answerer

__all__ = [
    "QuestionAnswerer",
    "__version__",
    "compare",
    "library_trace",
    "load",
    "load_masked",
    "question_answerer",
    "trace",
]

if not TYPE_CHECKING:  # to a type checker any name would do
    __getattr__, __dir__ = lazy.attributes(
        __name__,
        {
            "QuestionAnswerer": "qa_pipeline",
            "compare": "comparison",
            "library_trace": "comparison",
            "load": "loading",
            "load_masked": "pretraining",
            "question_answerer": "qa_pipeline",
            "trace": "encoder",
        },
    )
