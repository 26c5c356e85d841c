"""A model's folder: are its files there, and are they what its card was written for?"""

import re
from pathlib import Path

import yaml

from companion.checksums import file_sha256

EMBEDDED = Path(__file__).parent.parent / "embedded"
_HEADER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_AGAIN = "get the file again, for example with git checkout"


def check_folder(folder: Path) -> None:
    """Refuse a folder that lacks a file, or has one that is not what its card says.

    Raises:
        FileNotFoundError: if the configuration, the weights, or a file that the card
            names is missing.
        ValueError: if a file's SHA-256 is not the card's.
    """
    if folder != EMBEDDED and not (folder / "config.json").is_file():
        raise FileNotFoundError(f"{folder}: no config.json, so no model to load")
    for name, digest in card_checksums(folder).items():
        _check_file(folder / name, digest)
    if not list(folder.glob("model*.safetensors")):
        raise FileNotFoundError(
            f"{folder}: no model.safetensors; weights in other formats are not read"
        )


def card_checksums(folder: Path) -> dict[str, str]:
    """File names and SHA-256 digests from the header of `fine-tune`'s model card.

    A README that `fine-tune` did not write has none: {}.

    Raises:
        FileNotFoundError: if the embedded model's card is missing.
        ValueError: if the embedded model's card has no checksums.
    """
    card = folder / "README.md"
    if folder == EMBEDDED and not card.is_file():
        raise FileNotFoundError(f"{card}: the embedded model's card is missing")
    checksums = _checksums(card)
    if folder == EMBEDDED and not checksums:
        raise ValueError(f"{card} has no checksum of model.safetensors")
    return checksums


def _checksums(card: Path) -> dict[str, str]:
    try:
        header = _HEADER.match(card.read_text(encoding="utf-8-sig"))
        facts = yaml.safe_load(header[1]) if header else None
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return {}  # somebody else's README, in whatever form
    checksums = facts.get("sha256") if isinstance(facts, dict) else None
    if not isinstance(checksums, dict) or "model.safetensors" not in checksums:
        return {}
    return checksums if all(map(_is_checksum, checksums.items())) else {}


def _is_checksum(item: tuple[object, object]) -> bool:
    """Tell whether a file's name and 64 hexadecimal digits are what they should be."""
    name, digest = map(str, item)
    return Path(name).name == name and bool(re.fullmatch("[0-9a-f]{64}", digest))


def _check_file(path: Path, digest: str) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"{path}: missing, and the model card names it; {_AGAIN}"
        )
    if (actual := file_sha256(path)) != digest:
        raise ValueError(
            f"{path}: cut short or altered. It has {path.stat().st_size:,} bytes and "
            f"SHA-256 {actual}, the model card says {digest}; {_AGAIN}"
        )
