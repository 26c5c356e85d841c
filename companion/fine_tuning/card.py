"""Write the card of a fine-tuned model: what it is, how it was made, how good it is.

What the card tells is kept beside it as data, in `training.json`: a list of stages, of
which each began where the one before ended. The card's header holds the checksums that
`companion.load` checks. Chapter 9.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import yaml
from transformers import BertForQuestionAnswering

from companion import fine_tuning
from companion.fine_tuning import Recipe, features
from companion.fine_tuning.card_text import BODY, SOURCES
from companion.fine_tuning.sources import Source

RECORD = "training.json"


def stage(
    base: str,
    recipe: Recipe,
    sources: list[Source],
    results: dict[str, dict],
    model: BertForQuestionAnswering,
) -> dict[str, object]:
    """One training, as `training.json` keeps it."""
    specs = [s.name if s.share == 1 else f"{s.name}:{s.share:g}" for s in sources]
    changed = [
        f"--{name.replace('_', '-')} {value}"
        for name, value in asdict(recipe).items()
        if value != getattr(Recipe(), name)
    ]
    start = base if not Path(base).is_dir() else Path(base).name
    if start != "minilm-cased":
        changed.insert(0, f"--base {start}")
    return {
        "command": " ".join(
            [
                "python -m companion fine-tune --data",
                *specs,
                *changed,
                "--output FOLDER",
            ]
        ),
        "base": start,
        "recipe": asdict(recipe),
        "dropout": model.config.hidden_dropout_prob,
        "attention_dropout": model.config.attention_probs_dropout_prob,
        "data": [
            {"name": s.name, "questions": len(s.training), "sha256": s.sha256}
            for s in sources
        ],
        "results": results,
    }


def stages_of(base: str) -> list[dict]:
    """The stages that made the model in the folder `base`; [] where none are told."""
    record = Path(base) / RECORD
    return json.loads(record.read_text("utf-8")) if record.is_file() else []


def write_card(folder: Path, stages: list[dict], more: str = "") -> None:
    """Write `training.json` and `README.md`, with the checksums of all files there.

    Args:
        stages: what `stage` returned, for each training in their order.
        more: Markdown to end with.
    """
    (folder / RECORD).write_text(json.dumps(stages, indent=1) + "\n", "utf-8")
    numbered = list(enumerate(stages, start=1))
    named = {d["name"]: d for s in stages for d in s["data"]}
    body = BODY.format(
        results="\n".join(
            _row(n, k, v) for n, s in numbered for k, v in s["results"].items()
        ),
        commands="\n\n".join(f"    {_command(s, n)}" for n, s in numbered),
        numbers=" | ".join(f"stage {n}" for n, _ in numbered),
        columns=" --- |" * len(stages),
        settings=_settings(stages),
        logs=_logs(folder),
        sources=_sources([stages[0]["base"], *named]),
        data="\n".join(_datum(d) for d in named.values() if d["sha256"]),
        more=more,
    )
    header = yaml.safe_dump(_header(folder), sort_keys=False)
    (folder / "README.md").write_text(f"---\n{header}---\n{body}", "utf-8")


def one_line(figures: dict) -> str:
    """Questions, EM and F1 with their intervals, for the screen."""
    (em_low, em_high), (f1_low, f1_high) = (
        figures["EM_interval"],
        figures["F1_interval"],
    )
    told = (
        f"{figures['questions']:,} questions  "
        f"EM {figures['EM']:.1f} ({em_low:.1f} to {em_high:.1f})  "
        f"F1 {figures['F1']:.1f} ({f1_low:.1f} to {f1_high:.1f})  "
        f"calibration error {figures['calibration_error']:.3f}"
    )
    for part in ("with_answer", "without_answer"):
        if part in figures:
            apart = figures[part]
            told += f"  {part.replace('_', ' ')} {apart['EM']:.1f}/{apart['F1']:.1f}"
    if "accuracy_answer_or_none" in figures:
        told += f"  answer or none {figures['accuracy_answer_or_none']:.1f}"
    return told


def _row(number: int, name: str, figures: dict) -> str:
    def told(measure: str) -> str:
        low, high = figures[f"{measure}_interval"]
        return f"{figures[measure]:.1f} ({low:.1f} to {high:.1f})"

    error = f"{figures['calibration_error']:.3f}"
    return (
        f"| {number} | {name} | {figures['questions']:,} | {told('EM')} | {told('F1')} "
        f"| {error} |"
    )


def _command(stage: dict, number: int) -> str:
    """Stage 2 starts from the folder that stage 1 wrote."""
    command = stage["command"].replace("--output FOLDER", f"--output STAGE_{number}")
    if number > 1:
        command = command.replace(
            f"--base {stage['base']}", f"--base STAGE_{number - 1}"
        )
    return command


def _settings(stages: list[dict]) -> str:
    """A row for each setting, a column for each stage."""
    same = {
        "windows in a batch, sorted by length": "batch",
        "epochs": "epochs",
        "seed": "seed",
        "learning rate at its peak": "learning_rate",
        "tokens in a window": "length",
        "questions that come again without an answer, share": "no_answer",
        "the starting point's share of the final weights": "average_with_base",
        "arithmetic of matrix products; stored as float16": "arithmetic",
    }
    rows = [[told, *(s["recipe"][name] for s in stages)] for told, name in same.items()]
    rows += [
        ["dropout, on the attention weights",
         *(f"{s['dropout']}, {s['attention_dropout']}" for s in stages)],
        ["questions trained on",
         *(f"{sum(d['questions'] for d in s['data']):,}" for s in stages)],
        ["optimiser", *["AdamW"] * len(stages)],
        ["weight decay, off biases and LayerNorms",
         *[fine_tuning.WEIGHT_DECAY] * len(stages)],
        ["warm-up, then down in a line to 0", *[fine_tuning.WARM_UP] * len(stages)],
        ["largest gradient norm", *[fine_tuning.LARGEST_GRADIENT] * len(stages)],
        ["tokens that windows share", *[features.STRIDE] * len(stages)],
    ]  # fmt: skip
    return "\n".join(f"| {' | '.join(str(cell) for cell in row)} |" for row in rows)


def _logs(folder: Path) -> str:
    names = sorted(path.name for path in folder.glob("training_log*.jsonl"))
    verb = "have" if len(names) > 1 else "has"
    return f"{' and '.join(f'`{n}`' for n in names)} {verb} the loss of each step."


def _sources(names: list[str]) -> str:
    """The entries of `SOURCES` that any of `names` begins with."""
    told = [t for key, t in SOURCES.items() if any(n.startswith(key) for n in names)]
    return "\n".join(told) or "Not told here; ask who made it."


def _datum(data: dict) -> str:
    return f"- `{data['name']}`, SHA-256 `{data['sha256']}`"


def _header(folder: Path) -> dict[str, object]:
    files = sorted(p for p in folder.iterdir() if p.name != "README.md" and p.is_file())
    return {
        "library_name": "transformers",
        "pipeline_tag": "question-answering",
        "sha256": {path.name: sha256(path) for path in files},
    }


def sha256(path: Path) -> str:
    """The SHA-256 digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
