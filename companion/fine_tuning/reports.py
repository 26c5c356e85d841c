"""The figures of several files together, as `evaluate --json` writes them. Chapter 9.

domain_names   a name for each file that no other has
ask_all        the questions of all files, asked by all processes
report         the summary of each file, with the command that makes it again
figures_of     the summaries alone
"""

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from transformers import BertForQuestionAnswering, BertTokenizer

from companion.bulk.processes import Processes
from companion.fine_tuning.evaluation import Asked, ask, summary
from companion.fine_tuning.features import check_readable
from companion.fine_tuning.squad import Example
from companion.qa_pipeline.arguments import lengths

AT_ONCE = 512  # questions, for a process


def domain_names(paths: list[Path]) -> list[str]:
    """A name for each file: its own, or with its folders where two share that.

    Raises:
        ValueError: naming the file that comes twice.
    """
    whole = [path.resolve() for path in paths]
    for path, times in Counter(whole).items():
        if times > 1:
            raise ValueError(f"FILE {paths[whole.index(path)]}: comes {times} times")
    return [_name(path, whole) for path in whole]


def _name(path: Path, others: list[Path]) -> str:
    """The shortest end of `path` that no other of the files has."""
    parts = path.parts
    for count in range(1, len(parts)):
        if sum(other.parts[-count:] == parts[-count:] for other in others) == 1:
            return "/".join(parts[-count:])
    return path.as_posix()


def ask_all(
    parts: list[list[Example]],
    tokenizer: BertTokenizer,
    model: BertForQuestionAnswering,
    processes: Processes,
) -> list[list[Asked]]:
    """Ask the questions of each part; all of them are checked before the first.

    Returns:
        The same in all processes, and for any number of them: where blocks of questions
        end does not depend on it.
    Raises:
        ValueError: naming a question that cannot be read.
    """
    sizes = lengths(tokenizer, model)
    for part in parts:
        check_readable(part, tokenizer, sizes)
    mixed = any(not e.answers for part in parts for e in part)
    work = partial(ask, tokenizer, model, no_answer=mixed)
    return [
        [a for _, asked in processes.share(_blocks(part), work) for a in asked]
        for part in parts
    ]


def _blocks(part: list[Example]) -> list[list[Example]]:
    return [part[i : i + AT_ONCE] for i in range(0, len(part), AT_ONCE)]


def report(
    domains: dict[str, list[Asked]],
    command: str,
    weights_sha256: str | None,
    made_by: list[str],
) -> dict[str, Any]:
    """The figures of several sets of questions, as `evaluate --json` writes them.

    Args:
        domains: a name, for example a file's, to what `ask` returned; see
            `domain_names`.
        command: what makes these figures again; no folder of this machine in it.
        weights_sha256: of the model that was asked; see `companion.measured`.
        made_by: the commands that trained the model, as far as its folder records them.
    Returns:
        The last three arguments; `domains`, the summary of each set; and `all`, the
        summary of all questions, where there are several sets.
    Raises:
        ValueError: naming the set that has no question.
    """
    for name, asked in domains.items():
        if not asked:
            raise ValueError(f"{name}: no question to ask")
    return {
        "command": command,
        "weights_sha256": weights_sha256,
        "made_by": made_by,
        **figures_of(domains),
    }


def figures_of(domains: dict[str, list[Asked]]) -> dict[str, Any]:
    """The summary of each set, `domains`; and of all of them, `all`, if several."""
    figures: dict[str, Any] = {
        "domains": {name: summary(asked) for name, asked in domains.items()}
    }
    if len(domains) > 1:
        figures["all"] = summary([a for asked in domains.values() for a in asked])
    return figures
