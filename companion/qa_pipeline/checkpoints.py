"""A question answerer in a line, from a folder or a model's name on the hub."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer, PreTrainedModel
from transformers import PreTrainedTokenizerBase as Tokenizer

from companion.loading import (
    EMBEDDED,
    chosen,
    from_hub,
    naming,
    quiet,
    read_checkpoint,
)
from companion.loading.files import check_folder
from companion.qa_pipeline.answerer import Device, QuestionAnswerer


def question_answerer(
    name: str | None = None,
    *,
    revision: str | None = None,
    device: Device | None = None,
    bfloat16: bool = False,
) -> QuestionAnswerer:
    """Load a checkpoint of any family, and make an answerer of it.

    Only safetensors are read, and no code that a checkpoint brings is run. The model
    computes in float32, or as the environment variable `COMPANION_DTYPE` says.

    Args:
        name: a local folder, or the name of a model on the Hugging Face hub, also as
            `name@revision`; without it, `COMPANION_MODEL` decides, as for `load`.
        revision: of the model on the hub: a commit, a tag or a branch.
        device: where the model is and computes; by default, on the CPU.
        bfloat16: see `QuestionAnswerer`.
    Raises:
        FileNotFoundError: if the folder or a file in it is missing.
        ValueError: if the weights lack a part of the model, such as the head that
            points at an answer, or if a file cannot be read.
        TypeError, ValueError: as `QuestionAnswerer` has them.
        ConnectionError: if `name` is not a folder and cannot be downloaded.
    """
    folder, pinned, dtype = chosen(name)
    if folder == str(EMBEDDED):
        tokenizer, model = read_checkpoint(folder, dtype=dtype)
    else:
        tokenizer, model = _read(folder, revision or pinned, dtype)
    answerer = QuestionAnswerer(tokenizer, model, device, bfloat16)
    if answerer.device is not None:
        model.to(answerer.device)
    return answerer


def _read(
    name: str, revision: str | None, dtype: torch.dtype
) -> tuple[Tokenizer, PreTrainedModel]:
    """Load tokenizer and model; a checkpoint that lacks weights is an error."""
    folder = Path(name).expanduser()
    pinned: dict[str, Any] = {"trust_remote_code": False}
    source: AbstractContextManager[None] = nullcontext()
    if folder.is_dir():
        check_folder(folder)
        name = str(folder)
    else:
        pinned["revision"], source = revision, from_hub(name)
    with source, quiet(), naming("configuration, tokenizer or weights", name):
        tokenizer = AutoTokenizer.from_pretrained(name, **pinned)
        model, report = AutoModelForQuestionAnswering.from_pretrained(
            name,
            dtype=dtype,
            use_safetensors=True,
            output_loading_info=True,
            **pinned,
        )
    if missing := sorted(report["missing_keys"]):
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        raise ValueError(
            f"{name!r} is not fine-tuned for question answering: its weights lack "
            f"{', '.join(missing[:3])}{more}"
        )
    return tokenizer, model.eval()
