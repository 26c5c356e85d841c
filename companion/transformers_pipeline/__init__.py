"""Bring `pipeline("question-answering", ...)` back to Transformers, which dropped it.

    import companion.transformers_pipeline
    answerer = transformers.pipeline("question-answering", model="folder or hub name")

Importing this module registers the task. What the pipeline answers is what
`QuestionAnswerer` answers; the forms in which it was called, in versions 4 and 5, work.
"""

from typing import Any

from transformers import AutoModelForQuestionAnswering, Pipeline, pipelines

from companion.qa_pipeline import QuestionAnswerer
from companion.qa_pipeline.answers import Answer
from companion.qa_pipeline.pairing import is_pair

TASK = "question-answering"
DEFAULT = ("distilbert/distilbert-base-cased-distilled-squad", "564e9b5")
OPTIONS = (
    *("top_k", "doc_stride", "max_answer_len", "max_seq_len", "max_question_len"),
    *("handle_impossible_answer", "align_to_words", "batch_size"),
)
WITHOUT_EFFECT = ("padding", "num_workers")  # the answerer pads as little as it can
ALONE = ("data", "X")  # old names for one argument that holds all questions


class QuestionAnsweringPipeline(Pipeline):
    """The old pipeline's interface around `QuestionAnswerer`.

    Args:
        model, tokenizer, task, device: as `transformers.pipeline` gives them.
        options: of `QuestionAnswerer`'s call, for all calls to come; `topk` is `top_k`.
    Raises:
        TypeError, ValueError: as `QuestionAnswerer` has them; TypeError for an option
            that there is not.
    """

    _load_tokenizer = True
    _load_processor = False
    _load_image_processor = False
    _load_video_processor = False
    _load_feature_extractor = False
    default_input_names = "question,context"

    def __init__(self, model: Any, tokenizer: Any = None, **options: Any):
        given = {name: options.pop(name) for name in list(options) if _is_ours(name)}
        super().__init__(model=model, tokenizer=tokenizer, **options)
        self.options = _named(given)
        self.answerer = QuestionAnswerer(self.tokenizer, self.model)

    def __call__(self, *asked: Any, **options: Any) -> Answer | list[Answer] | Any:
        """Answer one question or many, as `QuestionAnswerer` does.

        Args:
            asked: a question and its context; or one mapping, `SquadExample`, list,
                iterator or data set of these; or several mappings.
            options: `question` and `context`, or `data`; and `QuestionAnswerer`'s.
        """
        named: dict[str, Any] = {
            name: options.pop(name)
            for name in ("question", "context")
            if name in options
        }
        texts = [*asked, *(options.pop(name) for name in ALONE if name in options)]
        if len(texts) > 1 and all(map(is_pair, texts)):
            texts = [texts]
        return self.answerer(*texts, **{**named, **self.options, **_named(options)})

    def _sanitize_parameters(self, **options: Any) -> tuple[dict, dict, dict]:
        """Take what the base class does not know: nothing, it is all ours."""
        return {}, {}, _named(options)

    def preprocess(self, inputs: Any, **options: Any) -> Any:
        """Return what came; the answerer does all steps at once."""
        return inputs

    def _forward(self, inputs: Any, **options: Any) -> Any:
        return self.answerer(inputs, **options)

    def postprocess(self, outputs: Any, **options: Any) -> Any:
        """Return the answers as they are."""
        return outputs


def _is_ours(name: str) -> bool:
    return name in (*OPTIONS, *WITHOUT_EFFECT, "topk")


def _named(options: dict[str, Any]) -> dict[str, Any]:
    """Options by the names of today; None is what is not given."""
    if unknown := [name for name in options if not _is_ours(name)]:
        raise TypeError(
            f"the question-answering pipeline has no option {unknown[0]!r}; wanted one "
            f"of {', '.join(OPTIONS)}"
        )
    renamed = {"top_k" if n == "topk" else n: v for n, v in options.items()}
    return {n: v for n, v in renamed.items() if n in OPTIONS and v is not None}


def _register() -> None:
    """Make the task known, and take it off the list of those that were removed."""
    getattr(pipelines, "REMOVED_TASKS", {}).pop(TASK, None)
    registry = pipelines.PIPELINE_REGISTRY
    registry.supported_tasks.pop(TASK, None)
    registry.register_pipeline(
        TASK,
        pipeline_class=QuestionAnsweringPipeline,
        pt_model=AutoModelForQuestionAnswering,
        default={"model": DEFAULT},
        type="text",
    )
    del QuestionAnsweringPipeline._registered_impl  # else it is saved with each model


_register()
