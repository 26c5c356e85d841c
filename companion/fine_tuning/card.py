"""Write the card of a fine-tuned model: what it is, how it was made, how good it is.

All of it comes from stored facts. They are kept beside the card in `training.json`: a
list of stages, of which each began where the one before ended. The card's header holds
the checksums that `companion.load` checks. Chapter 9.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from transformers import BertForQuestionAnswering

from companion.checksums import file_sha256
from companion.fine_tuning import features
from companion.fine_tuning.card_text import BASES, BODY, DATA, UNKNOWN
from companion.fine_tuning.held_out import DEFAULT, NONE
from companion.fine_tuning.recipe import Recipe
from companion.fine_tuning.sources import SHORT, Source
from companion.training import steps

RECORD = "training.json"
FIELDS = {"command", "base", "recipe", "dropout", "data", "results"}
Stage = dict[str, Any]


def stage(
    base: str,
    recipe: Recipe,
    sources: list[Source],
    results: dict[str, dict[str, Any]],
    model: BertForQuestionAnswering,
) -> Stage:
    """One training run, as `training.json` keeps it."""
    start, output = start_of(base), f"STAGE_{len(stages_of(base)) + 1}"
    return {
        "command": command("fine-tune", start, recipe, sources, output),
        "base": start,
        "recipe": asdict(recipe),
        "dropout": _dropout(model.config.hidden_dropout_prob, recipe),
        "attention_dropout": _dropout(
            model.config.attention_probs_dropout_prob, recipe
        ),
        "data": [s.record() for s in sources],
        "results": results,
    }


def _dropout(of_base: float, recipe: Recipe) -> float:
    return of_base if recipe.dropout is None else recipe.dropout


def start_of(base: str) -> str:
    """What `--base` was: a folder by its stage, or by its own name if it has none."""
    if stages := stages_of(base):
        return f"STAGE_{len(stages)}"
    folder = Path(base).expanduser()
    return folder.name if folder.is_dir() else base


def command(
    name: str, start: str, recipe: Any, sources: list[Source], output: str
) -> str:
    """What trains again: the command's name, and its options that are not as usual.

    Args:
        start: as `start_of` returns it.
        recipe: the command's; the usual one is that of its class without arguments.
    """
    specs = [s.name if s.share == 1 else f"{s.name}:{s.share:g}" for s in sources]
    words = [f"python -m companion {name} --data", *specs, *rules_of(sources)]
    words += [] if start == "minilm-cased" else ["--base", start]
    usual = asdict(type(recipe)())
    for setting, value in asdict(recipe).items():
        if value != usual[setting]:
            option = f"--{setting.replace('_', '-')}"
            words.append(option if value is True else f"{option} {value}")
    return " ".join([*words, "--output", output])


def rules_of(sources: list[Source]) -> list[str]:
    """What was held out, in the words of the command; nothing if it is as usual."""
    rules = [s.split["hold_out"] for s in sources]
    usual = [NONE if s.name == SHORT else DEFAULT for s in sources]
    return [] if rules == usual else ["--hold-out", *rules]


def stages_of(base: str | Path) -> list[Stage]:
    """The stages that made the model in `base`; [] if it has no such record.

    A pretraining is none of them: `companion.pretraining.card` has its own record.
    """
    try:
        record = Path(base).expanduser() / RECORD
        stages = json.loads(record.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    stages = stages if isinstance(stages, list) else [stages]
    is_ours = all(isinstance(s, dict) and s.keys() >= FIELDS for s in stages)
    return stages if is_ours else []


def write_card(folder: Path, stages: list[Stage]) -> None:
    """Write `training.json` and `README.md`, with the checksums of all files there.

    Args:
        stages: what `stage` returned, for each training run in their order.
    """
    record = json.dumps(stages, indent=1) + "\n"
    (folder / RECORD).write_text(record, "utf-8", newline="\n")
    (folder / "README.md").write_text(text(folder), "utf-8", newline="\n")


def text(folder: Path, more: str = "") -> str:
    """The card of the model in `folder`, from the facts that are stored there.

    Args:
        more: Markdown to end with, for what was measured beside the training.
    """
    stages = stages_of(folder)
    numbered = list(enumerate(stages, start=1))
    data = {(d["name"], d["sha256"]): d for s in stages for d in s["data"]}
    body = BODY.format(
        results="\n".join(
            _row(n, k, v) for n, s in numbered for k, v in s["results"].items()
        ),
        commands="\n\n".join(f"    {s['command']}" for s in stages),
        numbers=" | ".join(f"stage {n}" for n, _ in numbered),
        columns=" --- |" * len(stages),
        settings=_settings(stages),
        logs=_logs(folder),
        sources=sources_text(stages[0]["base"], list(data.values())),
        checksums=checksums_text(list(data.values())),
        more=more,
    )
    return header(folder, "question-answering") + body


def _row(number: int, name: str, figures: dict[str, Any]) -> str:
    def with_bounds(measure: str) -> str:
        low, high = figures[f"{measure}_interval"]
        return f"{figures[measure]:.1f} ({low:.1f} to {high:.1f})"

    cells = [
        str(number),
        name,
        f"{figures['questions']:,}",
        with_bounds("EM"),
        with_bounds("F1"),
        f"{figures['calibration_error']:.3f}",
    ]
    return f"| {' | '.join(cells)} |"


def _settings(stages: list[Stage]) -> str:
    """A row for each setting, a column for each stage."""
    chosen = {
        "windows in a batch, sorted by length": "batch",
        "epochs": "epochs",
        "seed": "seed",
        "learning rate at its peak": "learning_rate",
        "tokens in a window": "length",
        "questions that come again without an answer, share": "no_answer",
        "the starting point's share of the final weights": "average_with_base",
        "arithmetic of matrix products; stored as float16": "arithmetic",
    }
    rows = [[row, *(s["recipe"][name] for s in stages)] for row, name in chosen.items()]
    rows += [
        ["dropout, on the attention weights",
         *(f"{s['dropout']}, {s['attention_dropout']}" for s in stages)],
        ["questions trained on",
         *(f"{sum(d['questions'] for d in s['data']):,}" for s in stages)],
        ["optimiser", *["AdamW"] * len(stages)],
        ["weight decay, off biases and LayerNorms",
         *[steps.WEIGHT_DECAY] * len(stages)],
        ["warm-up, then down in a line to 0", *[steps.WARM_UP] * len(stages)],
        ["largest gradient norm", *[steps.LARGEST_GRADIENT] * len(stages)],
        ["tokens that windows share", *[features.STRIDE] * len(stages)],
    ]  # fmt: skip
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)


def _logs(folder: Path) -> str:
    names = sorted(path.name for path in folder.glob("training_log*.jsonl"))
    verb = "have" if len(names) > 1 else "has"
    return f"{' and '.join(f'`{n}`' for n in names)} {verb} the loss of each step."


def sources_text(base: str, data: list[dict[str, Any]]) -> str:
    """What must be said of the starting point and of the data, each once.

    Files are known by their checksum: a file of the same name may be another one.
    """
    known = {sha: source for source, shas in DATA.items() for sha in shas}
    entries = [BASES.get(base, UNKNOWN.format(name=base))]
    entries += [
        known.get(d["sha256"] or d["name"], UNKNOWN.format(name=d["name"]))
        for d in data
    ]
    return "\n".join(dict.fromkeys(entries))


def checksums_text(data: list[dict[str, Any]]) -> str:
    """A line for each file that was trained on."""
    files = [d for d in data if d["sha256"]]
    return "\n".join(f"- `{d['name']}`, SHA-256 `{d['sha256']}`" for d in files)


def header(folder: Path, task: str) -> str:
    """The beginning of a card: what the model is for, and each file's checksum."""
    files = sorted(p for p in folder.iterdir() if p.name != "README.md" and p.is_file())
    facts = {
        "library_name": "transformers",
        "pipeline_tag": task,
        "sha256": {path.name: file_sha256(path) for path in files},
    }
    return f"---\n{yaml.safe_dump(facts, sort_keys=False)}---\n"
