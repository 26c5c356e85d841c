"""Which questions training never sees, so that a model can be measured on them."""

from collections import Counter
from pathlib import Path

from companion.fine_tuning.squad import Example, read_squad


def hold_out(examples: list[Example], name: str) -> tuple[list[Example], list[Example]]:
    """Split off what training never sees: `(training, held_out)`.

    Whole pages or paragraphs, never single questions. Of SQuADShifts' Wikipedia file
    the eight pages whose titles sort last; of QAMR and QED the pages whose titles sort
    last, up to a tenth of the questions; of any other the last tenth of the paragraphs.

    Args:
        name: the file's name, which tells which of these it is.
    """
    if name.startswith("squadshifts_new_wiki"):
        return _split(examples, sorted({e.page for e in examples})[-8:], "page")
    if name.startswith(("qamr", "qed")):
        sizes, out = Counter(e.page for e in examples), []
        for page in sorted(sizes, reverse=True):
            if sum(sizes[p] for p in out) + sizes[page] > len(examples) / 10:
                break
            out.append(page)
        return _split(examples, out, "page")
    paragraphs = list(dict.fromkeys(e.context for e in examples))
    return _split(examples, paragraphs[-max(1, len(paragraphs) // 10) :], "context")


def _split(
    examples: list[Example], held_out: list[str], unit: str
) -> tuple[list[Example], list[Example]]:
    out = set(held_out)
    rest = [e for e in examples if getattr(e, unit) not in out]
    return rest, [e for e in examples if getattr(e, unit) in out]


def split_files(paths: list[Path]) -> tuple[list[Example], dict[str, list[Example]]]:
    """All training examples of the files, and the held-out ones by file name."""
    training, held_out = [], {}
    for path in paths:
        rest, held_out[path.name] = hold_out(read_squad(path), path.name)
        training += rest
    return training, held_out
