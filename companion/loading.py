"""Load a tokenizer and a BERT for question answering, by default the embedded one."""

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import torch
import yaml
from huggingface_hub.utils import logging as hub_logging
from safetensors import SafetensorError
from transformers import (
    AutoConfig,
    AutoTokenizer,
    BertForQuestionAnswering,
    BertTokenizer,
)
from transformers.utils import logging

EMBEDDED = Path(__file__).parent / "embedded"
DTYPES = {"float32": torch.float32, "float64": torch.float64}


def load(name: str | None = None) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """A tokenizer and a model in evaluation mode, ready to be taken apart.

    Args:
        name: a local folder, or the name of a model on the Hugging Face hub, if need
            be with a revision, `name@revision`. Without it the environment variable
            `COMPANION_MODEL` is asked, and then the embedded model is taken.
    Returns:
        `(tokenizer, model)`. The model computes in float32, or in float64 where the
        environment variable `COMPANION_DTYPE` says so, with the library's `eager`
        attention, the one that shows its weights.
    Raises:
        FileNotFoundError: if a file or the folder is missing.
        ValueError: if a file was cut short or altered, if the checkpoint is not a BERT
            for question answering, or if `COMPANION_DTYPE` is unknown.
        ConnectionError: if `name` is on a hub that cannot be reached.
    """
    name = name or os.environ.get("COMPANION_MODEL") or str(EMBEDDED)
    dtype = _dtype(os.environ.get("COMPANION_DTYPE", "float32"))
    folder = Path(name).expanduser()
    if folder.is_dir():
        _check_folder(folder)
        return _from_pretrained(str(folder), None, dtype)
    if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?(@[\w./-]+)?", name):
        raise FileNotFoundError(f"there is no folder {name!r} to load a model from")
    hub_name, _, revision = name.partition("@")
    try:
        return _from_pretrained(hub_name, revision or "main", dtype)
    except OSError as error:
        raise ConnectionError(
            f"{name!r} is no local folder, and it could not be had from the Hugging "
            "Face hub: no network, no such model, no safetensors in it, or "
            "HF_HUB_OFFLINE is set. Give a local folder, or unset COMPANION_MODEL to "
            "take the embedded model."
        ) from error


def _dtype(name: str) -> torch.dtype:
    if name not in DTYPES:
        raise ValueError(
            f"COMPANION_DTYPE must be one of {', '.join(DTYPES)}, not {name!r}"
        )
    return DTYPES[name]


def _from_pretrained(
    name: str, revision: str | None, dtype: torch.dtype
) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    """The library's own loading, without its bars and reports; only safetensors."""
    pinned = {"revision": revision} if revision else {}
    try:
        with _quiet():
            kind = AutoConfig.from_pretrained(name, **pinned).model_type
            if kind != "bert":
                raise ValueError(f"{name!r} is of model type {kind!r}, wanted 'bert'")
            tokenizer = AutoTokenizer.from_pretrained(name, **pinned)
            model, report = BertForQuestionAnswering.from_pretrained(
                name,
                dtype=dtype,
                attn_implementation="eager",
                use_safetensors=True,
                output_loading_info=True,
                **pinned,
            )
    except SafetensorError as error:
        raise ValueError(
            f"the weights of {name!r} are cut short or damaged: {error}"
        ) from error
    if missing := sorted(report["missing_keys"]):
        raise ValueError(
            f"{name!r} is not a BERT fine-tuned for question answering: its weights "
            f"lack {', '.join(missing)}"
        )
    return tokenizer, model.eval()


def _check_folder(folder: Path) -> None:
    """The files are there, and they are those that the model card was written for."""
    if folder != EMBEDDED and not (folder / "config.json").is_file():
        raise FileNotFoundError(f"{folder}: no config.json, so no model to load")
    checksums = card_checksums(folder)
    if folder == EMBEDDED and "model.safetensors" not in checksums:
        raise ValueError(f"{folder}: README.md has no checksum of model.safetensors")
    for name, digest in checksums.items():
        _check_file(folder / name, digest)
    if not list(folder.glob("model*.safetensors")):
        raise FileNotFoundError(
            f"{folder}: no model.safetensors; weights in other formats are not read"
        )


def card_checksums(folder: Path) -> dict[str, str]:
    """File names and SHA-256 digests from the model card's header; {} without a card.

    Raises:
        FileNotFoundError: if the embedded model's card is missing.
    """
    card = folder / "README.md"
    if not card.is_file():
        if folder == EMBEDDED:
            raise FileNotFoundError(f"{card}: the embedded model's card is missing")
        return {}
    parts = card.read_text(encoding="utf-8").split("---\n", 2)
    header = yaml.safe_load(parts[1]) if len(parts) == 3 else None
    return (header or {}).get("sha256", {})


def _check_file(path: Path, digest: str) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: missing, and the model card names it; {_AGAIN}"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise ValueError(
            f"{path}: cut short or altered. It has {path.stat().st_size:,} bytes and "
            f"SHA-256 {found}, the model card says {digest}; {_AGAIN}"
        )


_AGAIN = "get the file again, for example with git checkout"


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No progress bar and no loading report; afterwards as it was."""
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
