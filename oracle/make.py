"""Ask the pipeline that was removed, and keep its answers for the tests.

    python -m oracle.make

Makes an environment with `transformers==5.2.0` and `torch==2.13.0` in the temporary
folder (once, some 2 GB), asks the embedded model there, in float32, all that
`cases.py` has, and writes `oracle/answers.json.gz`: its command, the versions, the
SHA-256 of the weights, the calls and the answers. Fifteen minutes of processor time.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from companion import measured
from oracle import cases

HERE = Path(__file__).parent
MODEL = HERE.parent / "companion" / "embedded"
PINNED = ["transformers==5.2.0", "torch==2.13.0"]
PROCESSES = 6
ENVIRONMENT = Path(tempfile.gettempdir()) / "transformers-5.2.0"


def old_python() -> Path:
    """The interpreter of the old library's environment, made if it is not whole."""
    python = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    installed = ENVIRONMENT / "installed.json"  # written when pip has come to its end
    if not installed.exists() or json.loads(installed.read_text("utf-8")) != PINNED:
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PINNED], check=True)
        installed.write_text(json.dumps(PINNED), encoding="utf-8")
    return python


def ask_the_old_one(calls: list[dict[str, Any]]) -> list[Any]:
    """Its answer to each call, from several processes with one thread each."""
    lines = [
        json.dumps({k: v for k, v in call.items() if k != "answered"}) for call in calls
    ]
    run = partial(_run, old_python())
    with ThreadPoolExecutor() as pool:
        parts = pool.map(run, [lines[i::PROCESSES] for i in range(PROCESSES)])
    answers: list = [None] * len(calls)
    for i, part in enumerate(parts):
        answers[i::PROCESSES] = part
    return answers


def _run(python: Path, lines: list[str]) -> list[Any]:
    run = subprocess.run(
        [python, HERE / "old.py", MODEL],
        input="\n".join(lines),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def main() -> None:
    """Ask, and write the fixture."""
    fixture: dict[str, Any] = {
        "command": "python -m oracle.make",
        "with": PINNED,
        "weights_sha256": measured.weights_sha256(),
    }
    for name in ("one_window", "several_windows", "in_prose"):
        calls = getattr(cases, name)()
        answers = ask_the_old_one(calls)
        fixture[name] = [
            {"call": call, "old": old} for call, old in zip(calls, answers, strict=True)
        ]
    (HERE / "answers.json.gz").write_bytes(packed(fixture))


def packed(fixture: dict[str, Any]) -> bytes:
    """The fixture's file; the same content gives the same bytes."""
    text = json.dumps(fixture, ensure_ascii=True, indent=0)
    return gzip.compress(text.encode(), mtime=0)


if __name__ == "__main__":
    main()
