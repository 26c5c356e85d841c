"""SHA-256 of files: what model cards, records and checks compare."""

import hashlib
from pathlib import Path


def file_sha256(path: Path) -> str:
    """The SHA-256 digest of the file at `path`, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
