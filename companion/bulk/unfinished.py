"""A file that takes long to write, and survives a kill.

It grows in a folder beside its place, `OUTPUT.partial`, and gets its name when it is
whole. A second file there says how far the work is. It is replaced in one step after
each block, so whatever a kill leaves behind it in the first is cut off.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from companion.bulk.lines import Answered
from companion.training.outputs import check_facts, check_partial, partial_folder

LINES, PROGRESS = "lines.jsonl", "progress.json"


@dataclass(frozen=True)
class Progress:
    """How far the work is.

    Attributes:
        blocks: of the input, that are answered.
        lines, bad, length: that were written: lines, those with an error, bytes.
        sha256: the digest of the input up to there.
    """

    blocks: int = 0
    lines: int = 0
    bad: int = 0
    length: int = 0
    sha256: str = ""

    def after(self, block: Answered) -> "Progress":
        """How far it is after one more block."""
        return Progress(
            self.blocks + 1,
            self.lines + block.lines,
            self.bad + block.bad,
            self.length + len(block.text),
            block.sha256,
        )


class Unfinished:
    """The file on its way, begun or taken up again; `done` says how far it is.

    Args:
        output: what it is called in the end; must not exist.
        facts: what the answers depend on; the same as when it was begun.
    Raises:
        ValueError: if the folder holds other answers, or anything else.
    """

    def __init__(self, output: Path, facts: Mapping[str, object]):
        self.output, self.folder = output, partial_folder(output)
        self._facts = facts
        begun = (self.folder / PROGRESS).exists()
        check_partial("--output", output, {LINES, PROGRESS} if begun else {PROGRESS})
        self.done = self._read() if begun else Progress()
        self.folder.mkdir(exist_ok=True)
        self._save(self.done)
        self._file = open(self.folder / LINES, "ab")  # noqa: SIM115, see close
        if self._length() < self.done.length:
            self._file.close()
            raise ValueError(
                f"{self.folder / LINES} has lost lines: {self.done.length:,} bytes "
                f"were written; remove {self.folder} to begin anew"
            )
        self._file.truncate(self.done.length)

    def write(self, text: bytes, done: Progress) -> None:
        """Add the lines of a block, after which `done` is how far the work is.

        Raises:
            ValueError: if another process has written, who took the work up too.
        """
        if self._length() != self.done.length:
            raise ValueError(
                f"{self.folder / LINES}: another process writes to it, or did; the "
                "same command goes on when that has ended"
            )
        self._file.write(text)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._save(done)

    def finish(self) -> None:
        """Give the file its name.

        Raises:
            ValueError: if there is one of that name by now.
        """
        self.close()
        if os.path.lexists(self.output):
            raise ValueError(f"--output {self.output}: exists already")
        os.replace(self.folder / LINES, self.output)
        shutil.rmtree(self.folder)

    def close(self) -> None:
        """Close what is open; what is written stays, to be gone on with."""
        self._file.close()

    def _length(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def _save(self, done: Progress) -> None:
        path, beside = self.folder / PROGRESS, self.folder / f"{PROGRESS}.new"
        with open(beside, "w", encoding="utf-8") as file:
            json.dump({"facts": self._facts, **asdict(done)}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        self.done = done

    def _read(self) -> Progress:
        path = self.folder / PROGRESS
        try:
            saved: dict[str, Any] = json.loads(path.read_bytes())
            facts, done = saved.pop("facts"), Progress(**saved)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path} is damaged ({error}); remove {self.folder} to begin anew"
            ) from error
        asked = json.loads(json.dumps(self._facts))
        check_facts(self.folder, facts, asked, "answers that were")
        return done
