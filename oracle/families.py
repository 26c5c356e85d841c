"""Ask the removed pipeline about small models of every family, and keep its answers.

    python -m oracle.families

Makes each of `small.py`'s models, asks the old pipeline in the environment that
`make.py` makes, and writes `oracle/families.json.gz`. A minute of processor time.
"""

import gzip
import hashlib
import json
import subprocess
import tempfile
from itertools import product
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel

from oracle import make, pieces, small

OUTPUT = Path(__file__).parent / "families.json.gz"
QUESTIONS = ["Who?", "Where did Anna Weber live, and when was it built?"]
CONTEXTS = [
    "My name is Foo",
    "Rain.",
    "1998",
    "The mill was built in 1871 of brick and larch. It cost 3,500 crowns; nobody paid.",
    "My name is Foo. Yours is Bar. Hers is Baz, and Baz's brother is Foo, too.",
    "http://example.org/a/b was written by nobody@example.org on 2001-02-03",
    "Who? Me. Who? You. Who wrote the letter? Mara wrote it, to Luis.",
    pieces.TEXT,
]
OPTIONS: list[dict[str, Any]] = [
    {},
    {"align_to_words": False},
    {"align_to_words": False, "top_k": 4},
    {"align_to_words": False, "handle_impossible_answer": True},
    {"align_to_words": False, "max_answer_len": 2},
]


def calls() -> list[dict[str, Any]]:
    """Arguments of each call; all contexts fit one window."""
    return [
        {"question": question, "context": context, **options}
        for question, context, options in product(QUESTIONS, CONTEXTS, OPTIONS)
    ]


def digest(model: PreTrainedModel) -> str:
    """The SHA-256 of a model's parameters."""
    sha = hashlib.sha256()
    for name, parameter in sorted(model.named_parameters()):
        sha.update(name.encode() + parameter.detach().numpy().tobytes())
    return sha.hexdigest()


def main() -> None:
    """Ask, and write the fixture."""
    fixture: dict[str, Any] = {
        "command": "python -m oracle.families",
        "with": make.PINNED,
        "calls": calls(),
        "families": {name: _asked(name) for name in small.FAMILIES},
    }
    OUTPUT.write_bytes(make.packed(fixture))


def fixture() -> dict[str, Any]:
    """What `main` wrote."""
    return json.loads(gzip.decompress(OUTPUT.read_bytes()))


def _asked(name: str) -> dict[str, Any]:
    """A family's weights by their digest, and the places of its answers."""
    with tempfile.TemporaryDirectory() as folder:
        small.save(name, Path(folder))
        run = subprocess.run(
            [make.old_python(), make.HERE / "old.py", folder],
            input="\n".join(map(json.dumps, calls())),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    lines = map(json.loads, run.stdout.splitlines())
    found = [line if isinstance(line, list) else [line] for line in lines]
    places = [[[round(a["score"], 8), a["start"], a["end"]] for a in f] for f in found]
    return {"weights_sha256": digest(small.small_model(name)[1]), "answers": places}


if __name__ == "__main__":
    main()
