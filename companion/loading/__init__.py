"""Load a tokenizer and a BERT for question answering, by default the embedded one.

files   the folder, and the checksums in its model card
fit     do configuration, weights and tokenizer belong together, and to a BERT?
"""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import torch
from huggingface_hub.utils import logging as hub_logging
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoTokenizer,
    BertForQuestionAnswering,
    BertPreTrainedModel,
    BertTokenizer,
)
from transformers.utils import logging

from companion.loading import fit
from companion.loading.files import EMBEDDED, card_checksums, check_folder

__all__ = [
    "EMBEDDED",
    "card_checksums",
    "chosen",
    "from_hub",
    "load",
    "naming",
    "quiet",
    "read_checkpoint",
    "read_model",
]

DTYPES = {"float32": torch.float32, "float64": torch.float64}
Model = TypeVar("Model", bound=BertPreTrainedModel)


def load(name: str | None = None) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """Load a tokenizer and a model in evaluation mode, ready to be taken apart.

    Args:
        name: a local folder, or the name of a model on the Hugging Face hub, with its
            revision if you like, `name@revision`. Without it the environment variable
            `COMPANION_MODEL` decides, and without that the embedded model is loaded.
    Returns:
        `(tokenizer, model)`. The model computes in float32, or in float64 if the
        environment variable `COMPANION_DTYPE` says so, with the library's `eager`
        attention, the one that shows its weights.
    Raises:
        FileNotFoundError, ValueError, ConnectionError: as `read_checkpoint` has them;
            ValueError too if `COMPANION_DTYPE` is unknown.
    """
    folder, revision, dtype = chosen(name)
    return read_checkpoint(folder, revision, dtype)


def chosen(name: str | None) -> tuple[str, str | None, torch.dtype]:
    """What `load` is to read: folder or name, revision, and the precision.

    Args:
        name: as for `load`; the environment variables decide what is not given.
    Raises:
        ValueError: if `COMPANION_DTYPE` is unknown.
    """
    name = name or os.environ.get("COMPANION_MODEL") or str(EMBEDDED)
    dtype = _dtype(os.environ.get("COMPANION_DTYPE", "float32"))
    if Path(name).expanduser().is_dir():
        return name, None, dtype
    name, _, revision = name.partition("@")
    return name, revision or "main", dtype


def _dtype(name: str) -> torch.dtype:
    if name not in DTYPES:
        raise ValueError(
            f"COMPANION_DTYPE must be one of {', '.join(DTYPES)}, not {name!r}"
        )
    return DTYPES[name]


def read_checkpoint(
    name: str,
    revision: str | None = None,
    dtype: torch.dtype = torch.float32,
    new_head: bool = False,
) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """Read a checkpoint, and make sure that all of it is there and belongs together.

    Args:
        name: a local folder, or the name of a model on the Hugging Face hub.
        revision: of the model on the hub: a commit, a tag or a branch.
        dtype: what the weights are converted to.
        new_head: accept a BERT without a head for question answering, and give it one
            with random weights, from Torch's global generator.
    Returns:
        `(tokenizer, model)`, the model in evaluation mode, with `eager` attention.
    Raises:
        FileNotFoundError: if the folder or a file in it is missing.
        ValueError: if a file is cut short or altered, if the checkpoint is not a BERT
            for question answering, or if its parts do not fit each other.
        ConnectionError: if `name` is not a folder and cannot be downloaded.
    """
    kind = BertForQuestionAnswering
    tokenizer, model, _ = read_model(kind, name, revision, dtype, new_head)
    return tokenizer, model


def read_model(
    kind: type[Model],
    name: str,
    revision: str | None = None,
    dtype: torch.dtype = torch.float32,
    new_head: bool = False,
) -> tuple[BertTokenizer, Model, list[str]]:
    """Read a BERT with the heads of `kind`, as `read_checkpoint` does.

    Every program that loads a model loads it through this function.

    Args:
        kind: one of `fit.KINDS`.
        name, revision, dtype: see `read_checkpoint`.
        new_head: accept a BERT that lacks a head of `kind`, and give it a random one.
    Returns:
        `(tokenizer, model, lacking)`, the last one naming the heads that are new.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        check_folder(folder)
        return _read(kind, str(folder), {}, dtype, new_head)
    with from_hub(name):
        return _read(kind, name, {"revision": revision or "main"}, dtype, new_head)


@contextlib.contextmanager
def from_hub(name: str) -> Iterator[None]:
    """Tell what may be wrong if a model cannot be had from the hub.

    Raises:
        FileNotFoundError: if `name` can be none of a model there.
        ConnectionError: for any `OSError` in the block.
    """
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name):
        raise FileNotFoundError(f"there is no folder {name!r} to load a model from")
    try:
        yield
    except OSError as error:
        raise ConnectionError(
            f"{name!r} is no local folder, and it could not be downloaded from the "
            "Hugging Face hub: no network, no such model, no safetensors in it, or "
            "HF_HUB_OFFLINE is set. Give a local folder, or unset COMPANION_MODEL to "
            "take the embedded model."
        ) from error


def _read(
    kind: type[Model],
    name: str,
    pinned: dict[str, str],
    dtype: torch.dtype,
    new_head: bool,
) -> tuple[BertTokenizer, Model, list[str]]:
    """Load with the library, without its bars and reports; only safetensors."""
    with quiet():
        with naming("config.json", name):
            config = AutoConfig.from_pretrained(name, **pinned)
        fit.check_config(name, config)
        with naming("tokenizer", name):
            tokenizer = AutoTokenizer.from_pretrained(name, **pinned)
        tokenizer = fit.bert_tokenizer(name, tokenizer)
        fit.check_vocabulary(name, tokenizer, config)
        with naming("configuration or weights", name):
            model, report = kind.from_pretrained(
                name,
                dtype=dtype,
                attn_implementation="eager",
                use_safetensors=True,
                ignore_mismatched_sizes=True,  # `fit` refuses them, by their names
                output_loading_info=True,
                **pinned,
            )
    lacking = fit.check_weights(name, report, model, new_head)
    return tokenizer, model.eval(), lacking


@contextlib.contextmanager
def naming(part: str, name: str) -> Iterator[None]:
    """Turn what the libraries say about a file's content into one line that names it.

    They raise a dozen kinds of error for it, some of them plain Exceptions.
    """
    try:
        yield
    except (OSError, MemoryError, RuntimeError):
        raise
    except SafetensorError as error:
        raise ValueError(
            f"the weights of {name!r} are cut short or damaged: {error}"
        ) from error
    except Exception as error:
        kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "
        message = kind + " ".join(str(error).split())[:300]
        raise ValueError(f"the {part} of {name!r} cannot be used: {message}") from error


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the library's progress bars and reports; afterwards all is as it was."""
    before = logging.get_verbosity(), hub_logging.get_verbosity()
    bars = logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    hub_logging.set_verbosity(hub_logging.CRITICAL)
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before[0])
        hub_logging.set_verbosity(before[1])
        if bars:
            logging.enable_progress_bar()
